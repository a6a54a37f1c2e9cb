"""The report in a real browser: what a reader meets, by eye, keyboard, link and screen reader."""

import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from mldebug.render import write
from tests.render.sample import SAMPLES

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def absent(reason):
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def until(page, condition):
    """Wait until an expression holds. The page's own policy forbids it to poll with `eval`."""
    for _ in range(500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"ten seconds passed without {condition}")


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed")
    if not Path(CHROMIUM).exists():
        absent(f"there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    return {one: write(make(), folder / f"{one}.html").as_uri() for one, make in SAMPLES.items()}


@pytest.fixture
def opened(browser, addresses):
    """Open a sample; at the end nothing may have been complained of or asked for."""
    contexts, complaints, asked = [], [], []

    def open_page(sample, viewport=WIDE, suffix="", **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: complaints.append(one.text))
        page.on("pageerror", lambda one: complaints.append(str(one)))
        page.on("request", lambda one: asked.append(one.url))
        page.goto(addresses[sample] + suffix)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert {one.split("?")[0].split("#")[0] for one in asked} <= set(addresses.values())


def visible(page):
    return page.eval_on_selector_all(
        "article", "all => all.filter(one => !one.hidden).map(one => one.id)"
    )


def focused(page):
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("script", [True, False])
def test_nothing_scrolls_sideways_at_360_pixels(opened, sample, script):
    page = opened(sample, NARROW, java_script_enabled=script, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if script:
        wide = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
        assert page.eval_on_selector_all(".scroll", wide) == 0


@pytest.mark.parametrize("sample", ["typical", "single"])
def test_the_first_screen_says_what_why_how_sure_and_what_to_do(opened, sample):
    page = opened(sample)
    for selector in ("h1", ".counts", ".causes .what p", ".causes .then p", "text=How sure"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= 900


def test_everything_can_be_read_without_script(opened):
    page = opened("sixty", java_script_enabled=False)
    assert page.locator("article:visible").count() == 60
    drawn = "all => all.every(one => one.checkVisibility({contentVisibilityAuto: true}))"
    assert page.eval_on_selector_all("article h4", drawn)  # so a picture of the page holds them all
    assert not page.locator("#tools").is_visible()
    assert page.locator(".copy:visible").count() == 0
    assert page.locator("figure svg").first.is_visible()


def test_walking_by_keys(opened):
    page = opened("sixty")
    every = visible(page)
    page.keyboard.press("j")
    assert focused(page) == every[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == every[2]
    page.keyboard.press("k")
    assert focused(page) == every[1]
    box = page.locator(f'[id="{every[1]}"]').bounding_box()
    assert 0 <= box["y"] < 300


def test_search_and_help_by_keys(opened):
    page = opened("typical")
    page.keyboard.press("/")
    page.keyboard.type("alone separates")
    assert focused(page) != "LK401"
    assert len(visible(page)) == 1
    assert "text=alone+separates" in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()


def test_every_finding_is_reached_by_tab(opened):
    page = opened("typical")
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('article')?.id"))
    assert set(visible(page)) <= reached


def test_filters_stand_in_the_address_and_come_back(opened):
    page = opened("typical")
    page.locator("[value=warning]").uncheck()
    page.locator("[value=note]").uncheck()
    assert len(visible(page)) == 2
    page.locator("[name=cause]").select_option("features")
    assert len(visible(page)) == 1
    assert page.locator("#count").inner_text() == "1 of 5 findings"
    suffix = page.url[page.url.index("?") :]
    again = opened("typical", suffix=suffix)
    assert visible(again) == visible(page)
    again.get_by_role("button", name="all").click()
    until(again, "document.querySelector('#count').textContent === '5 findings'")
    assert "?" not in again.url


def test_a_filter_by_column_and_by_nothing_that_is_there(opened):
    page = opened("typical")
    page.locator("[name=column]").select_option("age")
    assert [one.split("-")[0] for one in visible(page)] == ["DA113"]
    page.locator("[name=text]").fill("no such words")
    assert page.get_by_text("No finding matches these filters.").is_visible()


def test_sorting(opened):
    page = opened("sixty")
    before = visible(page)
    page.locator("[name=sort]").select_option("severity")
    levels = page.eval_on_selector_all("article", "all => all.map(one => one.dataset.severity)")
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    page.locator("[name=sort]").select_option("family")
    families = page.eval_on_selector_all("article", "all => all.map(one => one.dataset.family)")
    assert families == sorted(families)
    page.locator("[name=sort]").select_option("")
    assert visible(page) == before


def test_a_number_of_the_verdict_filters(opened):
    page = opened("sixty")
    page.locator(".counts a.warning").click()
    assert len(visible(page)) == 20
    assert "severity=warning" in page.url
    assert page.url.endswith("#findings")


def test_going_back_takes_the_filter_away_and_leaves_a_finding(opened):
    page = opened("sixty")
    page.locator(".counts a.warning").click()
    page.go_back()
    until(page, "document.querySelectorAll('article:not([hidden])').length === 60")
    assert "#" not in page.url
    page.locator(".causes h3 a").nth(2).click()
    assert page.url.endswith("#" + focused(page))
    page.go_back()
    until(page, "scrollY < 100")
    page.go_forward()
    until(page, "scrollY > 100")


def test_a_single_finding_needs_no_filters_and_is_still_reached(opened):
    page = opened("single", suffix="#LK401")
    (only,) = visible(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert focused(page) == only
    assert page.locator("#tools").count() == 0


def test_the_mark_of_the_focused_finding_is_within_a_narrow_screen(opened):
    page = opened("typical", NARROW)
    page.keyboard.press("j")
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    left = min(float(one) for one in re.findall(r"(-[\d.]+)px 0px", shadow))
    assert page.locator("article").first.bounding_box()["x"] + left >= 0


@pytest.mark.parametrize("by_identity", [True, False])
def test_a_link_leads_to_its_finding(opened, by_identity):
    finding = SAMPLES["sixty"]()["findings"][42]
    plain = opened("sixty")
    anchor = plain.evaluate(
        "id => [...document.querySelectorAll('article')].find(a => a.dataset.id === id).id",
        finding["id"],
    )
    page = opened(
        "sixty", suffix="#" + (finding["id"].replace('"', "%22") if by_identity else anchor)
    )
    assert focused(page) == anchor
    box = page.locator(f'[id="{anchor}"]').bounding_box()
    assert 0 <= box["y"] < 200


def test_a_link_to_a_filtered_finding_lifts_the_filter(opened):
    page = opened("typical", suffix="?severity=error")
    assert len(visible(page)) == 2
    page.evaluate("location.hash = document.querySelector('article[data-severity=note]').id")
    until(page, "document.querySelectorAll('article:not([hidden])').length === 5")
    assert focused(page).startswith("DA101")


def test_a_run_is_reached_from_its_finding_and_back(opened):
    page = opened("one_run")
    page.locator("article").first.get_by_role("link", name="the run").click()
    assert "#run-" in page.url
    box = page.locator("#runs figure").bounding_box()
    assert 0 <= box["y"] < 900
    page.locator("#runs").get_by_role("link", name="FT801").click()
    assert focused(page).startswith("FT801")


def test_a_further_run_is_unfolded_by_its_link(opened):
    page = opened("many_runs")
    folded = page.locator("#runs > details").first
    assert folded.evaluate("one => one.open") is False
    identity = folded.locator("tr[id]").last.get_attribute("id")
    page.evaluate("id => { location.hash = id }", identity)
    until(page, "document.querySelector('#runs > details').open")
    box = page.locator(f"#{identity}").bounding_box()
    assert 0 <= box["y"] < 900


def test_a_filter_by_run(opened):
    page = opened("many_runs")
    every = len(visible(page))
    name = page.locator("[name=run] option").nth(1).inner_text()
    page.locator("[name=run]").select_option(index=1)
    left = visible(page)
    assert 1 <= len(left) <= 2 < every
    assert f"run={name.replace('/', '%2F')}" in page.url
    assert visible(opened("many_runs", suffix=page.url[page.url.index("?") :])) == left


def test_the_runs_can_be_read_without_script(opened):
    page = opened("runs_and_tables", java_script_enabled=False)
    assert page.locator("#runs > .pair svg").is_visible()
    assert page.locator("#runs .checklist td:visible").count() >= 18


def test_copying(opened):
    page = opened("typical")
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text }")
    page.get_by_role("button", name="copy as CSV").first.click()
    lines = page.evaluate("window.copied").splitlines()
    assert lines[0].startswith("table,row,matches,churned,age")
    assert len(lines) == 21
    page.get_by_role("button", name="copy as pandas filter").first.click()
    assert page.evaluate("window.copied").startswith("eval.iloc[[4, 21, 38,")
    assert page.evaluate("window.copied").count(",") == 126


def test_printing_opens_everything(opened):
    page = opened("typical")
    page.emulate_media(media="print")
    assert not page.locator("#tools").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("button:visible, input:visible, select:visible").count() == 0
    page.set_viewport_size({"width": 680, "height": 900})
    display = "getComputedStyle(document.querySelector('table.ev')).display"
    assert page.evaluate(display) == "table"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


def test_hostile_names_do_nothing(opened):
    page = opened("hostile")
    page.on("dialog", lambda one: pytest.fail(one.message))
    page.locator("[name=text]").fill("<script>")
    assert len(visible(page)) >= 1
    page.locator("[name=text]").fill("\\u202e")
    assert len(visible(page)) >= 1


def test_it_opens_at_once(opened):
    if os.getloadavg()[0] > (os.cpu_count() or 1):
        pytest.skip("the machine is busy: a time would tell of it, not of the page")
    page = opened("sixty")
    told = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    times = [page.evaluate(told)]
    for _ in range(4):
        page.reload()
        times.append(page.evaluate(told))
    assert min(times) < 300


def test_the_frame_of_a_notebook_works(browser, tmp_path):
    from mldebug.render.html import notebook

    host = tmp_path / "host.html"
    style = "<style>* { color: red !important; display: block !important }</style>"
    host.write_text(f"<!doctype html>{style}{notebook(SAMPLES['typical']())}", encoding="utf-8")
    page = browser.new_page()
    complaints = []
    page.on("console", lambda one: complaints.append(one.text))
    page.goto(host.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("[value=warning]").uncheck()
    assert frame.locator("article:visible").count() == 3
    assert frame.locator("h1").evaluate("one => getComputedStyle(one).color") != "rgb(255, 0, 0)"
    page.close()
    assert complaints == []


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The source of axe-core: from a folder that MLDEBUG_AXE names, or fetched by npm."""
    given = os.environ.get("MLDEBUG_AXE")
    if given:
        return (Path(given) / "node_modules" / "axe-core" / "axe.min.js").read_text(
            encoding="utf-8"
        )
    npm = shutil.which("npm")
    if npm is None:
        absent("there is no npm to fetch axe-core with")
    folder = tmp_path_factory.mktemp("axe")
    try:
        subprocess.run(
            [npm, "pack", "axe-core@4"], cwd=folder, check=True, capture_output=True, timeout=120
        )
    except (subprocess.SubprocessError, OSError) as error:
        absent(f"axe-core could not be fetched: {error}")
    (archive,) = folder.glob("axe-core-*.tgz")
    with tarfile.open(archive) as packed:
        return packed.extractfile("package/axe.min.js").read().decode()


@pytest.mark.parametrize(
    "sample", ["typical", "empty", "hostile", "one_run", "runs_and_tables", "hostile_runs"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing(opened, axe, sample, scheme, viewport):
    page = opened(sample, viewport, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    told = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
    assert told == []
