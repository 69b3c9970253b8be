"""An archive is packed the same every time, and unpacks to what was packed; whatever means ill is refused."""

import gzip
import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.fs.archive import ArchiveError, pack, unpack

NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}\.json", fullmatch=True)


def tarred(*members: tarfile.TarInfo | tuple[str, bytes]) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for member in members:
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                tar.addfile(info, io.BytesIO(member[1]))
            else:
                plain.write(member.tobuf())  # a header alone, whatever size it claims
    return gzip.compress(plain.getvalue())


def special(kind: bytes, target: str = "", **fields: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo("kilo-gather/x")
    info.type, info.linkname = kind, target
    for name, value in fields.items():
        setattr(info, name, value)
    return info


@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=5))
def test_what_was_packed_is_unpacked(files: dict[str, bytes]) -> None:
    assert unpack(pack(files, folder="f", mtime=1767258000)) == files


def test_the_order_in_which_files_were_found_does_not_show() -> None:
    a, b = {"x": b"1", "y/z": b"2"}, {"y/z": b"2", "x": b"1"}
    assert pack(a, folder="f", mtime=1) == pack(b, folder="f", mtime=1)
    assert pack(a, folder="f", mtime=1) != pack(a, folder="f", mtime=2)


def test_tar_reads_it_and_creates_private_files() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack({"a/b": b"c"}, folder="f", mtime=7))) as tar:
        (member,) = tar.getmembers()
    assert (member.name, member.mode, member.mtime, member.uid, member.uname) == ("f/a/b", 0o600, 7, 0, "")


def sparse() -> bytes:
    """A member of 1 TiB of which nothing is there, as GNU tar writes it."""
    info = tarfile.TarInfo("kilo-gather/x")
    info.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.size": str(2**40),
        "GNU.sparse.realsize": str(2**40),
        "GNU.sparse.name": "kilo-gather/x",
        "GNU.sparse.map": "0,0",
    }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(info)
    return gzip.compress(plain.getvalue())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda: tarred(("../etc/passwd", b"")), 'its member "../etc/passwd" is outside its folder'),
        (lambda: tarred(("/etc/passwd", b"")), 'its member "/etc/passwd" is outside its folder'),
        (lambda: tarred(("f/../../x", b"")), "is outside its folder"),
        (lambda: tarred(("f/c:\\x", b"")), "is outside its folder"),
        (lambda: tarred(("lone", b"")), 'its member "lone" is outside its folder'),
        (lambda: tarred(special(tarfile.SYMTYPE, "/etc/passwd")), "is a link"),
        (lambda: tarred(special(tarfile.LNKTYPE, "/etc/passwd")), "is a link"),
        (lambda: tarred(special(tarfile.DIRTYPE)), "is a folder"),
        (lambda: tarred(special(tarfile.FIFOTYPE)), "is a special file"),
        (lambda: tarred(special(tarfile.CHRTYPE, devmajor=1)), "is a special file"),
        (lambda: tarred(("f/x", b""), ("f/x", b"")), 'it has "f/x" twice'),
        (sparse, "is a"),
        (lambda: gzip.compress(b"not a tar" * 100), "it is incomplete or not an archive"),
        (lambda: b"\x1f\x8b" + b"x" * 100, "it is incomplete or not an archive"),
        (lambda: tarred(("f/x", b"y" * 5000))[:-60], "it is cut off"),
        (lambda: tarred(special(tarfile.REGTYPE, size=2**40)), "is too large"),
    ],
)
def test_what_gather_did_not_make_is_refused_with_the_reason(data: Callable[[], bytes], told: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        unpack(data())
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bomb_is_not_unpacked() -> None:
    bombs = (
        tarred(*((f"f/{n}", b"\0" * 2**19) for n in range(4))),
        tarred(special(tarfile.XHDTYPE, size=2**22)),  # a header that must be read whole
    )
    for bomb in bombs:
        assert len(bomb) < 2**15
        with pytest.raises(ArchiveError):
            unpack(bomb, largest=2**20)


def test_an_archive_in_an_archive_stays_packed() -> None:
    inner = pack({"x": b"y"}, folder="f", mtime=1)
    assert unpack(pack({"x.tar.gz": inner}, folder="f", mtime=1)) == {"x.tar.gz": inner}


def test_too_many_members_are_refused() -> None:
    assert len(unpack(tarred(*((f"f/{n}", b"") for n in range(3))), most=3)) == 3
    with pytest.raises(ArchiveError, match="more than 3 members"):
        unpack(tarred(*((f"f/{n}", b"") for n in range(4))), most=3)


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    for data in (noise, gzip.compress(noise)):
        try:
            assert unpack(data) == {}
        except ArchiveError as error:
            assert "\n" not in str(error)  # noqa: PT017 # some noise is an empty tar
