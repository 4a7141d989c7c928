import { expect, test } from 'vitest';
import { shortSite, siteName } from '../../src/ui/siteName.ts';

test('sets the registered part apart from what anyone can put in front of it', () => {
  expect(siteName('https://bank.example.com.evil.co.uk:8443')).toEqual({
    scheme: 'https://',
    subdomain: 'bank.example.com.',
    domain: 'evil.co.uk',
    port: ':8443',
    disguised: false,
  });
});

test('tells the users of a shared host apart', () => {
  expect(siteName('https://someone.github.io')).toMatchObject({ subdomain: '', domain: 'someone.github.io' });
});

test('keeps punycode as it is and says so', () => {
  expect(siteName('https://xn--pple-43d.example')).toMatchObject({
    domain: 'xn--pple-43d.example',
    disguised: true,
  });
  expect(siteName('https://xn--e1afmkfd.example.com')).toMatchObject({ disguised: true });
});

test('shows this machine and plain addresses whole', () => {
  expect(siteName('http://localhost:8700')).toMatchObject({ domain: 'localhost', port: ':8700' });
  expect(siteName('http://demo.localhost')).toMatchObject({ subdomain: 'demo.', domain: 'localhost' });
  expect(siteName('https://192.0.2.7')).toMatchObject({ subdomain: '', domain: '192.0.2.7' });
});

test.each(['null', 'javascript:alert(1)', 'https://a.example/path', 'https://пример.example', ''])(
  'takes %j for no site',
  (origin) => {
    expect(siteName(origin)).toBeUndefined();
  },
);

test('cuts a long host at its front, so that its end stays', () => {
  const host = `${'a'.repeat(60)}.evil.example`;
  expect(shortSite(`https://${host}`, 'Side panel', 20)).toBe(`…${host.slice(-19)}`);
});

test('names the side panel, and what is no origin without what hides in it', () => {
  expect(shortSite('paidchat:panel', 'Side panel')).toBe('Side panel');
  expect(shortSite('evil\u202e.example', 'Side panel')).toBe('evil.example');
});
