from pathlib import Path

from db.model_folder.installed_nets import (
    InstalledNet,
    installed_nets,
    net_folder,
    read_installed,
    write_installed,
)


def test_installed_nets_are_listed_by_name_and_other_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "standard").mkdir()
    nets = [InstalledNet(name, "somewhere 1.0", "MIT", "0" * 64, "Good.") for name in ("b", "a")]
    for net in nets:
        write_installed(net_folder(tmp_path, net.name), net)
    assert installed_nets(tmp_path) == nets[::-1]
    assert nets[1].model == "a of somewhere 1.0"
    assert read_installed(tmp_path / "standard") is None
    assert installed_nets(tmp_path / "nowhere") == []
