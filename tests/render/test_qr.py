import pytest

from kgctl_py.render.config import qr_code
from tests.render.scanner import scanned, scanned_lines, scanned_small, scanned_svg, scanned_terminal

SIZES = [1, 60, 1000, pytest.param(2953, marks=pytest.mark.slow)]


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


def test_a_byte_too_many_does_not_fit() -> None:
    assert qr_code.holds(text(2953))
    assert not qr_code.holds(text(2954))
    with pytest.raises(ValueError, match="too long"):
        qr_code.png(text(2954))


@pytest.mark.parametrize("size", SIZES)
def test_a_scanner_manages_with_half_of_the_room_around(size: int) -> None:
    lines = qr_code.half_blocks(text(size), ink_is_dark=True, border=2)
    assert len(lines[0]) == qr_code.width(text(size), 2) == qr_code.width(text(size), 4) - 4
    assert scanned_terminal("\n".join(map(qr_code.black_on_white, lines))) == text(size)


def test_what_a_phone_reads_is_written_in_as_few_characters_as_it_needs() -> None:
    conf = (
        "# peer a\n[Interface]\nAddress = 10.5.0.1/32, fd00::1/128\nPrivateKey = a#b=\n\n"
        "[Peer]\nAllowedIPs = 10.1.0.0/24, 2001:db8::/32, fd00:1::/128, 10.4.0.1/32\n\n"
        "# b = c\n[Peer]\nPersistentKeepalive = 0\n\n[Peer]\nPersistentKeepalive = 25\n"
    )
    assert qr_code.compact(conf) == (
        "[Interface]\nAddress=10.5.0.1,fd00::1\nPrivateKey=a#b=\n"
        "[Peer]\nAllowedIPs=10.1.0.0/24,2001:db8::/32,fd00:1::,10.4.0.1\n[Peer]\n[Peer]\nPersistentKeepalive=25\n"
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ink_is_dark", [True, False])
def test_a_scanner_reads_the_sextants_in_half_of_the_columns(size: int, ink_is_dark: bool) -> None:
    lines = qr_code.sextants(text(size), ink_is_dark=ink_is_dark)
    assert {len(line) for line in lines} == {qr_code.small_width(text(size), 4)}
    assert scanned_small(lines, ink_is_dark=ink_is_dark) == text(size)
