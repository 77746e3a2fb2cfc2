// Drives a page of compare/webpage in chromium, without a display, by playwright-core:
//
//	node drive.mjs FOLDER PAGE.html OUT
//
// FOLDER is where playwright-core is installed. What was seen is printed as JSON, and
// pictures of what is on screen are written into OUT. TestInBrowser holds it to the
// program.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const [folder, file, out] = process.argv.slice(2);
const { chromium } = createRequire(folder + "/none.js")("playwright-core");

const seen = { requests: [], errors: [], values: [], scales: [], texts: {} };
const browser = await chromium.launch({ executablePath: process.env.SCALECAM_CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
const url = pathToFileURL(file).href;
context.on("request", r => { if (r.url() !== url && !r.url().startsWith("data:")) seen.requests.push(r.url()); });
await context.setOffline(true);
const page = await context.newPage();
page.on("console", m => seen.errors.push(m.text()));
page.on("pageerror", e => seen.errors.push(String(e)));
await page.goto(url);

const rows = await page.locator("tbody tr").count();
const columns = await page.locator("thead th").count() - 1;
const cell = (row, col) => page.locator("tbody tr").nth(row).locator("td").nth(col);
const settle = () => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
const view = () => page.evaluate(() => {
  const [shared, grid] = document.querySelectorAll(".controls input[type=checkbox]");
  return { shared: shared.checked, grid: grid.checked, colours: document.querySelectorAll(".controls select")[0].selectedIndex };
});
// what stands beneath a row's maps, at the crosshair; all at once, since each question
// to the browser takes its time
const readRow = async row => seen.values.push(...await page.evaluate(row => {
  const grid = document.querySelectorAll(".controls input[type=checkbox]")[1].checked, line = document.querySelectorAll("tbody tr")[row];
  return [...line.querySelectorAll("td")].map((cell, col) => {
    const style = cell.querySelector(".frame").style;
    return {
      row, col, choice: line.querySelector("th select")?.selectedIndex ?? 0, grid,
      x: Number(style.getPropertyValue("--x")), y: Number(style.getPropertyValue("--y")), text: cell.querySelector("output").textContent,
    };
  });
}, row));
const readScales = async () => {
  const of = await view();
  for (let row = 0; row < rows; row++) {
    await page.locator("tbody tr").nth(row).scrollIntoViewIfNeeded();
    await settle();
    seen.scales.push(...await page.evaluate(([row, of]) => {
      const line = document.querySelectorAll("tbody tr")[row];
      return [...line.querySelectorAll("td")].map((cell, col) => ({
        row, col, choice: line.querySelector("th select")?.selectedIndex ?? 0, ...of,
        shown: cell.querySelector(".scale").checkVisibility(), text: [...cell.querySelectorAll(".scale span")].map(n => n.textContent),
      }));
    }, [row, of]));
  }
};

// Values by the mouse and by the keys, of every class of every row, smooth and as grid.
const places = [[0.31, 0.42], [0.501, 0.499], [0.02, 0.97], [0.77, 0.13]];
for (const grid of [false, true]) {
  for (let row = 0; row < rows; row++) {
    const select = page.locator("tbody tr").nth(row).locator("th select");
    const choices = await select.count() ? await select.locator("option").count() : 1;
    for (let choice = 0; choice < choices; choice++) {
      if (await select.count()) await select.selectOption(String(choice));
      const col = (row + choice) % columns, frame = cell(row, col).locator(".frame");
      await frame.scrollIntoViewIfNeeded();
      const box = await frame.boundingBox(), [x, y] = places[choice % places.length];
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      await readRow(row);
      await frame.focus();
      for (const key of ["ArrowLeft", "Shift+ArrowUp", "ArrowDown", "Shift+ArrowRight"].slice(0, 1 + choice % 4)) await page.keyboard.press(key);
      await readRow(row);
    }
    if (await select.count()) await select.selectOption("0");
  }
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("g");
}
// Scales: own and shared, positive and signed, by the keys.
for (const key of ["s", "n", "s", "n"]) {
  await readScales();
  await page.keyboard.press(key);
}
// A point that was clicked stays when the mouse leaves; Escape lets it go.
const first = cell(0, 0).locator(".frame");
await first.scrollIntoViewIfNeeded();
await first.click({ position: { x: 40, y: 30 } });
await page.mouse.move(5, 5);
seen.texts.kept = await cell(0, 1).locator("output").textContent();
await page.keyboard.press("Escape");
seen.texts.gone = await cell(0, 1).locator("output").textContent();

// Opacity: the picture alone, and with the map; wiped, half of each.
await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
await page.mouse.move(5, 5);
const shots = async name => {
  await settle();
  for (let col = 0; col < columns; col++) await cell(0, col).locator(".frame").screenshot({ path: `${out}/${name}-${col}.png` });
};
await shots("over");
const strength = page.locator(".controls input[type=range]").first();
await strength.focus();
await page.keyboard.press("Home");
await page.evaluate(() => document.activeElement.blur());
await shots("picture");
for (let i = 0; i < 7; i++) await page.keyboard.press("+");
seen.texts.opacity = await strength.inputValue();
await page.keyboard.press("w");
await page.evaluate(() => document.activeElement.blur());
await page.addStyleTag({ content: "" }).then(() => seen.errors.push("the policy let a style in"), () => {});
await shots("wiped");
const box = await first.boundingBox();
await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
await page.mouse.down();
await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
await page.mouse.up();
seen.texts.wipe = await page.locator(".controls input[type=range]").nth(1).inputValue();
await page.keyboard.press("Escape");
await page.keyboard.press("w");
seen.texts.unwiped = String(await page.locator(".controls input[type=range]").nth(1).isHidden());

// The true object: its line and what is said of it come and go.
const found = () => page.evaluate(() => ["img.object", "p.found"].map(of => [...document.querySelectorAll("tbody " + of)].filter(node => node.checkVisibility()).length).join(" "));
seen.texts["object off"] = await found();
await page.keyboard.press("t");
seen.texts["object on"] = await found();
seen.texts["object loaded"] = String(await page.evaluate(() => [...document.querySelectorAll("img.object")].every(img => img.complete && img.naturalWidth > 0)));
await page.keyboard.press("t");
seen.texts.verdicts = (await page.locator("td .right, td .disputed").allTextContents()).join("; ");

// Language, help, print.
await page.locator(".controls .last select").selectOption("1");
seen.texts.head = await page.locator("thead th").nth(1).locator("p").first().textContent();
seen.texts.lang = await page.evaluate(() => document.documentElement.lang);
await page.evaluate(() => document.activeElement.blur());
await page.keyboard.press("?");
seen.texts.help = String(await page.locator("dialog").isVisible());
await page.keyboard.press("Escape");
seen.texts.helped = String(await page.locator("dialog").isVisible());
seen.texts.english = (await page.locator("body").evaluate(body => body.innerText)).replace(/arXiv|Scalecam|JPEG|float32|CAM|MAC|IoU|inferno|viridis|magma|cividis|turbo|grey|coolwarm|jet|English|px|scene|Zhou et al/g, "").match(/[A-Za-z]{3,}/g)?.join(" ") ?? "";
for (const width of [360, 1280]) {
  await page.setViewportSize({ width, height: 700 });
  await settle();
  seen.texts["beyond " + width] = String(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
}
await page.pdf({ path: out + "/page.pdf", preferCSSPageSize: true });
seen.texts.printed = String(await page.locator(".controls").isVisible());
console.log(JSON.stringify(seen));
await browser.close();
