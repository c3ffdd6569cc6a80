/**
 * Follows a run: it takes the parts of the page from the stream of events, and changes only what differs, so that a reader keeps
 * their place, their search, and what they have unfolded. It runs after the script of every page, and asks only its own server.
 */
export const liveScript = `
const watch = document.getElementById('watch');
let shownAt = '';
const say = (text, tone) => {
  // It is read out when it changes.
  if (watch.textContent === text) return;
  watch.className = tone === undefined ? 'soft small' : 'box ' + tone;
  watch.textContent = text;
};
const nameOf = (node) =>
  node.nodeType === 1 ? node.id || node.dataset.item || node.getAttribute('aria-labelledby') || '' : '';
const keyOf = (node) => (nameOf(node) === '' ? '' : node.nodeName + ' ' + nameOf(node));
// They belong to the reader.
const ownAttributes = ['hidden', 'open'];
const isOwn = (node) => node.nodeType === 1 && node.matches('#watch, .tools');
const patch = (old, now) => {
  if (isOwn(old) || old.isEqualNode(now)) return;
  if (old.nodeType !== 1) {
    old.data = now.data;
    return;
  }
  for (const { name } of [...old.attributes])
    if (!ownAttributes.includes(name) && !now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const named = new Map([...old.childNodes].map((child) => [keyOf(child), child]));
  let at = old.firstChild;
  for (const child of now.childNodes) {
    const key = keyOf(child);
    const isAlike = at !== null && keyOf(at) === '' && at.nodeName === child.nodeName;
    const kept = key === '' ? (isAlike ? at : undefined) : named.get(key);
    if (kept === undefined) {
      old.insertBefore(document.importNode(child, true), at);
      continue;
    }
    // What has moved down goes to the end, so that what comes after it stays where it is.
    if (kept !== at && at !== null && kept === at.nextSibling) {
      old.append(at);
      at = kept;
    }
    if (kept === at) at = at.nextSibling;
    else old.insertBefore(kept, at);
    patch(kept, child);
  }
  while (at !== null) {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  }
};
const show = ({ title, main, at }) => {
  shownAt = at;
  document.title = title;
  const focused = document.activeElement;
  patch(document.querySelector('main'), new DOMParser().parseFromString(main, 'text/html').querySelector('main'));
  if (focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  for (const read of filters) read();
  for (const tools of document.querySelectorAll('.tools[hidden]')) arm(tools);
};
const source = new EventSource('events');
source.addEventListener('change', ({ data }) => {
  show(JSON.parse(data));
  say('This page follows the run.');
});
source.addEventListener('end', ({ data }) => {
  source.close();
  show(JSON.parse(data));
  say('The run has ended at ' + shownAt + ', and the connection with it. This is its last state.', 'calm');
});
source.addEventListener('error', () => {
  const state = shownAt === '' ? 'This page shows an old state' : 'This page shows the state of ' + shownAt;
  say('The connection to migrator is lost, and nobody said that the run has ended. ' + state +
    '. Look at the terminal of migrator, or run "migrator wave status".', 'bad');
});
`;
