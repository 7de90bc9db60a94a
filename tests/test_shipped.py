import claimkit.shipped
from claimkit.models.bundled import bundled_models
from claimkit.shipped import shipped


def test_a_working_tree_has_its_fixtures_beside_the_source(monkeypatch, tmp_path):
    """Nothing is installed inside the package there."""
    monkeypatch.setattr(claimkit.shipped, "PACKAGE", tmp_path / "src" / "claimkit")

    assert shipped("words") == tmp_path / "fixtures" / "words"


def test_an_installed_package_has_its_fixtures_inside(monkeypatch, tmp_path):
    """A folder of that name beside the package is somebody else's."""
    package = tmp_path / "site" / "claimkit"
    (package / "fixtures" / "words").mkdir(parents=True)
    (tmp_path / "fixtures" / "words").mkdir(parents=True)
    monkeypatch.setattr(claimkit.shipped, "PACKAGE", package)

    assert shipped("words") == package / "fixtures" / "words"


def test_models_are_shipped():
    """The bundled models are found as every other folder is."""
    assert bundled_models() == shipped("models")
    assert (shipped("models") / "forward-born" / "config.json").is_file()
