"""The HTML report in a real Chromium, opened as a file. `tox -e browser`; skipped where either is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from builders import TODAY, branch, function, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.model.verdict import Verdict
from covgate.reports.html import html_report
from covgate.reports.text import printable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CONTEXT = ReportContext(project="shop")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\u202e\x00"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: --group browser")
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the PATH")
    # Chromium refuses its sandbox to root, as which containers run.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a verdict's page; at the end nothing was asked for but the file, and nothing went wrong in it."""
    requests: list[str] = []
    complaints: list[str] = []
    contexts = []

    def open_page(outcome: Verdict, **options: Any) -> Page:
        path = tmp_path / "covgate.html"
        path.write_text(html_report(outcome, CONTEXT), encoding="utf-8", newline="\n")
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = (tmp_path / "covgate.html").as_uri()
    assert [url for url in requests if url != own and not url.startswith("data:,")] == []
    assert complaints == []


def a_project(name: str = "refund") -> Verdict:
    """Two folders, three modules, of which one is changed and below its target."""
    one = module(
        f"src/shop/money/{name}.py",
        statements=tuple(range(1, 31)),
        missing=tuple(range(4, 31)),
        branches=(branch(2, 2, 9),),
        functions=(function(name, 3, *range(4, 20)),),
        source=tuple(f"{name}({number})" for number in range(1, 31)),
    )
    others = (module("src/shop/cart.py", 40, 50), module("src/shop/money/bank.py", 18, 20))
    files = (ChangedFile(path=one.path, status="modified", lines=((2, 4),)),)
    change = Change(base="0123456789abcdef", base_source="origin/main", files=files)
    settings = parse_settings({"total": 85, "module": 80, "components": {"money": {"modules": ["**"], "target": 60}}})
    return judge(snapshot(one, *others, branches=True), settings, RunContext(today=TODAY), change)


def many() -> Verdict:
    modules = [module(f"pkg/p{number % 30:02}/m{number:04}.py", number % 50, 60) for number in range(1500)]
    return verdict(snapshot(*modules), {"module": 50})


def shown_rows(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#modules tbody tr:visible th").all_inner_texts()]


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")
    return found.strip()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus starts with `name`."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"Tab does not come to {name!r}")


def test_columns_sort_and_say_so(opened: Callable[..., Page]) -> None:
    page = opened(a_project())
    assert shown_rows(page) == ["src/shop/money/refund.py changed", "src/shop/cart.py", "src/shop/money/bank.py"]
    page.get_by_role("button", name="Covered").click()
    assert shown_rows(page) == ["src/shop/money/refund.py changed", "src/shop/cart.py", "src/shop/money/bank.py"]
    page.get_by_role("button", name="Covered").click()
    assert shown_rows(page)[0] == "src/shop/money/bank.py"
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Module", exact=True).click()
    assert shown_rows(page)[0] == "src/shop/cart.py"
    assert page.locator("th[aria-sort]").inner_text().startswith("Module")


def test_rows_are_filtered_and_counted_aloud(opened: Callable[..., Page]) -> None:
    page = opened(a_project())
    count = page.locator("#count")
    page.get_by_label("Path or words").fill("money bank")
    assert shown_rows(page) == ["src/shop/money/bank.py"]
    assert count.inner_text() == "1 of 3 modules"
    assert count.get_attribute("aria-live") == "polite"
    page.get_by_label("Path or words").fill("")
    page.get_by_label("changed only").check()
    assert shown_rows(page) == ["src/shop/money/refund.py changed"]
    page.get_by_label("changed only").uncheck()
    page.get_by_label("below target only").check()
    assert shown_rows(page) == ["src/shop/money/refund.py changed", "src/shop/cart.py"]
    page.get_by_label("Path or words").fill("nowhere")
    assert count.inner_text() == "0 of 3 modules"


def test_a_module_opens_closes_and_gives_the_focus_back(opened: Callable[..., Page]) -> None:
    page = opened(a_project())
    page.get_by_role("link", name="src/shop/money/refund.py").last.click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("heading").first.inner_text() == "src/shop/money/refund.py"
    assert "12.5 %" in dialog.inner_text()
    assert dialog.locator("li.missing").count() == 27
    assert dialog.locator("li.partial em").inner_text() == "never jumped to 9"
    assert dialog.locator("li.changed").count() == 3
    assert page.url.endswith("#m0")
    dialog.get_by_role("button", name="Next").click()
    assert dialog.locator("#position").inner_text().endswith("2 of 3")
    page.keyboard.press("Escape")
    assert dialog.count() == 0
    assert focused(page) == "src/shop/money/refund.py"
    assert "#" not in page.url


def test_an_address_opens_its_module(opened: Callable[..., Page]) -> None:
    page = opened(a_project())
    page.goto(page.url + "#m1")
    assert page.get_by_role("dialog").get_by_role("heading").first.inner_text() == "src/shop/cart.py"


def test_the_map_is_walked_with_the_mouse(opened: Callable[..., Page]) -> None:
    page = opened(a_project())
    page.get_by_role("button", name="folder money/").click()
    assert page.locator("#crumbs").inner_text().split() == ["src/shop/", "money/"]
    assert page.locator("#map-said").inner_text() == "money/: 2 tiles, 42.3 % covered"
    page.get_by_role("button", name="bank.py").click()
    assert page.get_by_role("dialog").get_by_role("heading").first.inner_text() == "src/shop/money/bank.py"
    page.get_by_role("button", name="Close").click()
    page.locator("#crumbs").get_by_role("button", name="src/shop/").click()
    assert page.locator("#tiles > button").count() == 2


def test_the_page_is_walked_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    page = opened(a_project())
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the table of modules"
    tab_to(page, "folder money/")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert focused(page).startswith("refund.py")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "src/shop/"
    page.keyboard.press("Enter")
    assert focused(page).startswith("folder money/")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert focused(page).startswith("refund.py")
    tab_to(page, "Statements")
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"


@pytest.mark.parametrize("width", [320, 400, 768, 1280])
def test_the_page_never_scrolls_sideways(opened: Callable[..., Page], width: int) -> None:
    page = opened(a_project("a_long_name_" * 12), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(page.url + "#m0")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= width
    assert page.evaluate("document.querySelector('#module-page').scrollWidth") <= width


def test_light_and_dark_are_the_readers_choice_and_text_stands_out(opened: Callable[..., Page]) -> None:
    papers = {}
    for theme in ("light", "dark"):
        page = opened(a_project(), color_scheme=theme)
        papers[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        for level in range(6):
            assert contrast(page, f"--l{level}-ink", f"--l{level}") >= 4.5, (theme, level)
        for ink in ("--ink", "--quiet", "--good", "--bad", "--fair", "--link"):
            for ground in ("--paper", "--raised"):
                assert contrast(page, ink, ground) >= 4.5, (theme, ink, ground)
        for ground in ("--missing", "--partial", "--kept"):
            assert contrast(page, "--ink", ground) >= 7, (theme, ground)
    assert papers["light"] != papers["dark"]


def test_hostile_names_and_source_are_text(opened: Callable[..., Page]) -> None:
    page = opened(a_project(HOSTILE.replace("/", "|")))
    shown = printable(HOSTILE.replace("/", "|"))
    assert shown_rows(page)[0] == f"src/shop/money/{shown}.py changed"
    page.goto(page.url + "#m0")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("li.missing code").first.inner_text() == f"{shown}(4)"
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3


def test_without_scripts_the_verdict_the_change_and_all_modules_are_there(opened: Callable[..., Page]) -> None:
    page = opened(a_project(), java_script_enabled=False)
    assert page.get_by_role("heading", level=1).inner_text().split()[0] == "FAILED"
    assert page.locator("li.missing:visible").count() == 1
    assert len(shown_rows(page)) == 3
    assert not page.locator("#filter").is_visible()
    assert not page.locator("#map").is_visible()


def a_wide_change() -> Verdict:
    """Twelve new modules of 20 lines that nothing ran."""
    modules = [module(f"src/m{at:02}.py", 0, 20, source=("x",) * 20) for at in range(12)]
    files = tuple(ChangedFile(path=one.path, status="added", lines=((1, 20),)) for one in modules)
    change = Change(base=None, base_source="the diff x", files=files)
    return judge(snapshot(*modules), parse_settings({}), RunContext(today=TODAY), change)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_source_of_a_wide_change_is_folded_and_opens_without_scripts(
    opened: Callable[..., Page], scripts: bool
) -> None:
    page = opened(a_wide_change(), java_script_enabled=scripts)
    source = page.locator("section[aria-labelledby=change] li.missing:visible")
    assert source.count() == 60
    page.get_by_text("src/m03.py 20 uncovered lines").click()
    assert source.count() == 80
    page.get_by_text("2 more modules with 40 uncovered lines").click()
    page.get_by_text("src/m11.py 20 uncovered lines").click()
    assert source.count() == 100
    row = page.locator(".touched tr", has_text="src/m11.py")
    assert row.is_hidden()
    page.get_by_text("2 more touched modules").click()
    assert row.is_visible()


def test_of_many_modules_the_first_are_laid_out_and_the_others_on_request(opened: Callable[..., Page]) -> None:
    page = opened(many())
    assert len(shown_rows(page)) == 200
    assert page.locator("#count").inner_text() == "1500 of 1500 modules, the first 200 shown"
    page.get_by_label("Path or words").fill("p07")
    assert len(shown_rows(page)) == 50
    page.get_by_label("Path or words").fill("")
    page.get_by_role("button", name="Show all 1500 modules").click()
    assert page.locator("#modules tbody tr:visible").count() == 1500
    page.get_by_role("button", name="folder p01/").click()
    assert page.locator("#tiles > button").count() == 50


def test_all_of_many_modules_are_there_without_scripts(opened: Callable[..., Page]) -> None:
    page = opened(many(), java_script_enabled=False)
    assert page.locator("#modules tbody tr:visible").count() == 1500


def test_it_prints_without_its_controls(opened: Callable[..., Page]) -> None:
    page = opened(a_project(), color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#filter").is_visible()
    assert page.locator("#map").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def contrast(page: Page, ink: str, ground: str) -> float:
    """The ratio of WCAG 2 between two of the page's colours."""
    found: float = page.evaluate(
        """([ink, ground]) => {
          const style = getComputedStyle(document.documentElement);
          const light = (name) => {
            const hex = style.getPropertyValue(name).trim().slice(1);
            const parts = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
              .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
          };
          const [one, other] = [light(ink), light(ground)].sort((a, b) => b - a);
          return (one + 0.05) / (other + 0.05);
        }""",
        [ink, ground],
    )
    return found
