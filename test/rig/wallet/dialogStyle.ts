/** How the wallet's dialog looks: like a wallet's own window, and unlike PaidChat's. */
export const css = `
:host { all: initial; }
dialog {
  box-sizing: border-box; width: min(25rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem);
  padding: 1.25rem 1.5rem 1.5rem; border: 1px solid #d9dce3; border-radius: 18px; overflow: auto;
  color: #14161b; background: #fff; box-shadow: 0 24px 80px rgb(15 20 40 / 35%);
  font: 15px/1.45 system-ui, sans-serif;
}
dialog::backdrop { background: rgb(12 14 24 / 45%); backdrop-filter: blur(2px); }
p, h1, dl, dd { margin: 0; }
.brand { display: flex; gap: .5rem; align-items: center; font-size: 13px; font-weight: 600; color: #8a4b08; }
.brand::before { content: ''; width: 18px; height: 18px; border-radius: 6px; background: linear-gradient(135deg, #ffb347, #e2571e); }
h1 { margin-top: .9rem; font-size: 20px; line-height: 1.25; outline: none; }
.site { color: #5a6172; overflow-wrap: anywhere; }
dl { margin: 1rem 0 1.25rem; border-radius: 12px; background: #f4f5f8; }
dl > div { display: grid; grid-template-columns: 6.5rem 1fr; gap: .75rem; padding: .55rem .8rem; }
dl > div + div { border-top: 1px solid #e4e6ec; }
dt { color: #5a6172; }
dd { font: 13px/1.55 ui-monospace, monospace; overflow-wrap: anywhere; }
.strong dd { font-weight: 700; }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
button {
  padding: .7rem 1rem; border: 1px solid #c9cdd8; border-radius: 12px; cursor: pointer;
  font: inherit; font-weight: 600; color: inherit; background: transparent;
}
button.yes { border-color: transparent; color: #fff; background: #b8430f; }
button:hover { filter: brightness(1.08); }
button:focus-visible { outline: 3px solid #f0a35e; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  dialog { color: #f1f2f6; background: #1c1e26; border-color: #343845; }
  .brand { color: #ffb877; }
  .site, dt { color: #a8afc0; }
  dl { background: #262934; }
  dl > div + div { border-color: #363a48; }
  button { border-color: #4a4f60; }
}`;
