/**
 * Search and filters. The page is complete without it: the controls are hidden until this runs. It asks nobody and keeps
 * nothing.
 */
export const script = `
'use strict';
const filters = [];
const arm = (tools) => {
  const table = document.getElementById(tools.dataset.of);
  const [search, kind, action] = ['input', '.kind', '.action'].map((one) => tools.querySelector(one));
  const said = tools.querySelector('output');
  let rows = [];
  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const fits =
        words.every((word) => text.includes(word)) &&
        (kind.value === '' || row.dataset.kind === kind.value) &&
        (action.value === '' || row.dataset.action === action.value);
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    const told = shown === rows.length ? '' : shown + ' of ' + rows.length + ' rows are shown';
    if (said.textContent !== told) said.textContent = told;
  };
  const read = () => {
    rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
    filter();
  };
  for (const control of [search, kind, action]) control.addEventListener('input', filter);
  tools.hidden = false;
  read();
  filters.push(read);
};
for (const tools of document.querySelectorAll('.tools')) arm(tools);
let closed = [];
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details:not([open])')];
  for (const one of closed) one.open = true;
});
addEventListener('afterprint', () => {
  for (const one of closed) one.open = false;
});
`;
