/** Style of the page: no font, image or script from anywhere; colours for light and dark, one column where there is little room. */
export const HTML_STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --raised: #f5f6f8; --line: #d9dce3; --ink: #1b1f27; --faint: #5a6272;
  --good: #12693a; --good-ground: #e2f4e9; --bad: #a31621; --bad-ground: #fde7e7; --open: #7a4b00; --open-ground: #fdf1d8; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171c; --raised: #1d2128; --line: #343a45; --ink: #e6e9ef; --faint: #a0a8b8;
  --good: #7fd6a0; --good-ground: #163523; --bad: #ff9a9a; --bad-ground: #431b20; --open: #f2c572; --open-ground: #3b2d10; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
h3 small { color: var(--faint); font-weight: normal; }
p, dd { margin: 0; overflow-wrap: anywhere; }
code { font: .875em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.faint { color: var(--faint); }
.mark { display: inline-block; padding: 0 .5em; border-radius: .75em; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.open { color: var(--open); background: var(--open-ground); }
.none { color: var(--faint); background: var(--raised); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 1rem 0 0; padding: 0; }
.counts li { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .75rem; }
.counts b { font-size: 1.1rem; margin-right: .35em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 600; font-size: .8rem; }
td:first-child { overflow-wrap: anywhere; }
.matrix { table-layout: fixed; }
.matrix th:first-child { width: 46%; }
article { border: 1px solid var(--line); border-left: .3rem solid var(--line); border-radius: .4rem; padding: .75rem 1rem; margin: .75rem 0; }
article.bad, article.open, article.none { background: none; color: inherit; }
article.bad { border-left-color: var(--bad); }
article.open { border-left-color: var(--open); }
article header { display: flex; flex-wrap: wrap; gap: .25rem .6rem; align-items: baseline; margin-bottom: .4rem; }
article header p { flex-basis: 100%; font-weight: 600; }
dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: .2rem .75rem; margin: 0; }
dt { color: var(--faint); }
ul.plain { margin: .25rem 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
@media (max-width: 34rem) { body { padding: 1rem .75rem 3rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .35rem; }
  th, td { padding-right: .4rem; } .matrix .mark { font-size: .8rem; } .matrix :is(th, td):nth-child(2) { display: none; } .matrix th:first-child { width: 44%; }
  .matrix td[data-arrives]::after { content: attr(data-arrives); display: block; color: var(--faint); font-size: .8rem; } article { padding: .6rem .7rem; } }
@media print { body { max-width: none; } article { break-inside: avoid; } }
`;
