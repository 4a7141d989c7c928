/** With the rig's wallet, installed before the page turns hostile. */
const walletTag = '<script src="/wallet.js"></script>';

/**
 * Sends a thousand forged messages in every way that a page has, each asking for something that only PaidChat's own
 * parts may ask for. `window.forged` is how many there were.
 */
export const forgingPage = `<!doctype html><title>Forging</title>${walletTag}<body><script>
  const methods = ['chat', 'requestPermission', 'approval.answer', 'site.setMode', 'site.setCaps', 'pause.set', 'run.stop'];
  const params = [
    { request: { messages: [{ role: 'user', content: 'x' }], stream: true }, options: {}, stream: true },
    { cardId: 'x', version: 1, answer: { choice: 'once' } },
    { site: location.origin, mode: 'auto' },
    { site: location.origin, caps: { request: '5000000', day: '5000000', month: '5000000' } },
    { paused: true },
  ];
  const kinds = ['call', 'event', 'end', 'fail', 'cancel', 'resume', 'ask', 'answer'];
  const types = ['paidChat#offer', 'paidChat#hello', 'paidChat#probe', 'paidChat#initialized', 'paidChat:call', 'message'];
  const ports = [];
  window.forged = 0;
  for (let round = 0; round < 1000; round += 1) {
    const frame = {
      v: 1, id: 'forged-' + round, kind: kinds[round % kinds.length], active: true, ok: true, offset: 0,
      method: methods[round % methods.length], params: params[round % params.length],
      ask: { type: 'connect', wallet: 'injected' }, value: { ok: true }, result: { state: 'granted' },
    };
    const type = types[round % types.length];
    const { port1, port2 } = new MessageChannel();
    ports.push(port1);
    window.postMessage(frame, '*');
    window.postMessage(JSON.stringify(frame), '*', [port2]);
    window.dispatchEvent(new CustomEvent(type, { detail: frame, cancelable: true }));
    const other = new MessageChannel();
    window.dispatchEvent(new MessageEvent(type, {
      data: JSON.stringify(frame), origin: location.origin, source: window, ports: [other.port2], cancelable: true,
    }));
    other.port1.postMessage(JSON.stringify(frame));
    port1.postMessage(JSON.stringify(frame));
    document.dispatchEvent(new CustomEvent(type, { detail: JSON.stringify(frame), bubbles: true }));
    window.forged += 1;
  }
</script>`;

/**
 * Breaks or replaces the built-ins that a careless implementation would go through, and keeps every text that passes
 * through them in `window.overheard`. What the page's own wallet needs still works.
 */
export const poisonedPage = `<!doctype html><title>Poisoned</title>${walletTag}<body><script>
  window.overheard = [];
  const { apply } = Reflect;
  const hear = (values) => {
    for (let at = 0; at < values.length; at += 1)
      if (typeof values[at] === 'string') window.overheard[window.overheard.length] = values[at];
  };
  const overhear = (owner, name) => {
    const original = owner[name];
    owner[name] = function (...args) { hear(args); return apply(original, this, args); };
  };
  for (const name of ['push', 'shift', 'map', 'filter', 'find', 'join', 'slice', 'splice', 'forEach', 'concat'])
    overhear(Array.prototype, name);
  for (const name of ['slice', 'split', 'replace', 'startsWith', 'includes', 'charCodeAt', 'indexOf'])
    overhear(String.prototype, name);
  for (const name of ['set', 'get', 'has']) overhear(Map.prototype, name);
  for (const name of ['add', 'has']) overhear(Set.prototype, name);
  overhear(RegExp.prototype, 'test');
  overhear(RegExp.prototype, 'exec');
  overhear(JSON, 'parse');
  overhear(Function.prototype, 'call');
  overhear(window, 'queueMicrotask');
  const broken = () => { throw new Error('broken by the page'); };
  JSON.stringify = () => '{"v":1,"id":"forged-by-the-page","kind":"call","method":"permission","params":{}}';
  MessagePort.prototype.postMessage = broken;
  MessagePort.prototype.start = broken;
  EventTarget.prototype.removeEventListener = broken;
  Event.prototype.stopImmediatePropagation = broken;
  Event.prototype.preventDefault = broken;
  AbortSignal.prototype.throwIfAborted = broken;
  crypto.randomUUID = () => 'always-the-same-id';
  window.setTimeout = broken;
  window.MessageChannel = broken;
  for (const name of ['kind', 'v', 'id', 'method', 'params', 'max_tokens', 'active', 'onItem', 'onEnd'])
    Object.defineProperty(Object.prototype, name, {
      configurable: true,
      get() { return 'poison'; },
      set(value) {
        hear([String(value)]);
        Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      },
    });
  window.poisoned = true;
</script>`;

/** Holds frames of its own origin, of no origin and of its own making. */
export const framingPage = `<!doctype html><title>Framing</title>${walletTag}<body>
  <iframe id="same" src="/blank"></iframe>
  <iframe id="empty"></iframe>
  <iframe id="srcdoc" srcdoc="<title>x</title>"></iframe>
  <iframe id="sandboxed" sandbox="allow-scripts" src="/blank"></iframe>
`;
