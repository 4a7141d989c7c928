import { expect, it } from 'vitest';
import { identify } from '../../src/platform/identify.ts';
import type { Sender } from '../../src/platform/identify.ts';

const extension = { id: 'ours', origin: 'chrome-extension://ours' };
const page: Sender = {
  id: 'ours',
  origin: 'https://shop.example',
  frameId: 0,
  tab: { id: 7 },
  documentId: 'D1',
  documentLifecycle: 'active',
};

it('knows a top document of a website by what the browser says of it', () => {
  expect(identify('page', page, extension)).toEqual({
    door: 'page',
    site: 'https://shop.example',
    tabId: 7,
    documentId: 'D1',
  });
});

it.each([
  'http://localhost',
  'http://localhost:3000',
  'http://demo.localhost:8080',
  'http://127.0.0.1:5173',
  'http://[::1]:5173',
])('takes %s for a site: it is this machine', (origin) => {
  expect(identify('page', { ...page, origin }, extension)).toMatchObject({ door: 'page', site: origin });
});

it.each<[string, Partial<Sender>]>([
  ['another extension', { id: 'other' }],
  ['nobody', { id: undefined }],
  ['a frame', { frameId: 1 }],
  ['a frame without a number', { frameId: undefined }],
  ['a sandboxed document', { origin: 'null' }],
  ['a document without an origin', { origin: undefined }],
  ['plain http', { origin: 'http://shop.example' }],
  ['a file', { origin: 'file://' }],
  ['a blob', { origin: 'blob:https://shop.example' }],
  ['a data URL', { origin: 'data:text/html,x' }],
  ['a URL in place of an origin', { origin: 'https://shop.example/path' }],
  ['a screen of ours', { origin: extension.origin }],
  ['a name that only ends like this machine', { origin: 'http://localhost.evil.example' }],
  ['a page that is rendered ahead', { documentLifecycle: 'prerender' }],
  ['a page in the back/forward cache', { documentLifecycle: 'cached' }],
  ['no tab', { tab: undefined }],
  ['a tab without an id', { tab: {} }],
])('refuses %s at the door for pages', (_who, change) => {
  expect(identify('page', { ...page, ...change }, extension)).toBeUndefined();
});

it('looks at nothing but the origin: URLs show a site also where the document is sandboxed', () => {
  const sandboxed = {
    ...page,
    origin: 'null',
    url: 'https://shop.example/',
    tab: { id: 7, url: 'https://shop.example/' },
  };
  expect(identify('page', sandboxed, extension)).toBeUndefined();
});

it('lets in a browser that says nothing of document lifecycles', () => {
  const { documentLifecycle: _unsaid, ...sender } = page;
  expect(identify('page', sender, extension)).toMatchObject({ door: 'page' });
});

it('opens the door of our screens to our own origin only', () => {
  expect(identify('panel', { id: 'ours', origin: extension.origin }, extension)).toEqual({ door: 'panel' });
  expect(identify('panel', page, extension)).toBeUndefined();
  expect(identify('panel', { id: 'other', origin: extension.origin }, extension)).toBeUndefined();
  expect(
    identify('panel', { id: 'ours', origin: 'chrome-extension://ours.evil' }, extension),
  ).toBeUndefined();
  expect(identify('panel', { id: 'ours' }, extension)).toBeUndefined();
});

it.each(['', 'Page', 'popup', '__proto__'])('has no door called %j', (name) => {
  expect(identify(name, page, extension)).toBeUndefined();
  expect(identify(name, { id: 'ours', origin: extension.origin }, extension)).toBeUndefined();
});

it('refuses a connection without a sender', () => {
  expect(identify('page', undefined, extension)).toBeUndefined();
});
