import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.render.config import qr_code
from tests.render.scanner import scanned, scanned_lines, scanned_svg, scanned_terminal

SIZES = [1, 60, 1000, 2953]


def text(size: int) -> str:
    """Text of a configuration's characters, none of them like its neighbours."""
    return "".join(f"AllowedIPs = 10.42.{n}.0/24, 2001:db8::{n}/128\n" for n in range(size))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_a_scanner_reads_the_png(size: int) -> None:
    assert scanned(qr_code.png(text(size))) == text(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_scanner_reads_the_svg(size: int) -> None:
    assert scanned_svg(qr_code.svg(text(size))) == text(size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ink_is_dark", [True, False])
def test_a_scanner_reads_the_half_blocks_on_a_bright_and_on_a_dark_ground(size: int, ink_is_dark: bool) -> None:
    lines = qr_code.half_blocks(text(size), ink_is_dark=ink_is_dark)
    assert scanned_lines(lines, ink_is_dark=ink_is_dark) == text(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_scanner_reads_the_half_blocks_with_colours_of_their_own(size: int) -> None:
    lines = qr_code.half_blocks(text(size), ink_is_dark=True)
    assert scanned_terminal("\n".join(map(qr_code.black_on_white, lines))) == text(size)


def test_coloured_blocks_leave_no_gap_that_is_not_of_the_colour_above() -> None:
    drawn = "".join(map(qr_code.black_on_white, qr_code.half_blocks(text(60), ink_is_dark=True)))
    assert not {"▀", "█"} & {*drawn}


@pytest.mark.parametrize(("ink_is_dark", "bright"), [(True, " "), (False, "█")])
def test_four_modules_around_the_code_are_bright(ink_is_dark: bool, bright: str) -> None:
    lines = qr_code.half_blocks(text(60), ink_is_dark=ink_is_dark)
    assert {len(line) for line in lines} == {33 + 8}
    assert {*lines[0], *lines[1], *lines[-1], *lines[-2]} == {bright}
    assert {character for line in lines for character in (line[:4] + line[-4:])} == {bright}


def test_a_byte_too_many_is_told_and_what_would_be_shorter() -> None:
    with pytest.raises(KgctlError) as caught:
        qr_code.png(text(2954))
    assert caught.value.message == "the configuration has 2954 bytes, and a QR code holds 2953"
    assert "--gateway" in caught.value.hint
    assert "--only" in caught.value.hint


def test_only_whole_lines_that_are_comments_are_left_out() -> None:
    conf = "# peer a\n[Interface]\nPrivateKey = a#b=\n\n# b\n[Peer]\n"
    assert qr_code.without_comments(conf) == "[Interface]\nPrivateKey = a#b=\n\n[Peer]\n"
