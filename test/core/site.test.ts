import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registrableDomain } from '../../src/core/registrableDomain.ts';
import { isLocalHost, panelSite, parseSite } from '../../src/core/site.ts';
import { site } from '../fakes/payments.ts';

describe('a site', () => {
  it('is an exact https origin', () => {
    expect(parseSite('https://shop.example')).toBe('https://shop.example');
    expect(parseSite('https://shop.example:8443')).toBe('https://shop.example:8443');
    expect(parseSite('https://xn--bcher-kva.example')).toBe('https://xn--bcher-kva.example');
  });

  it('is plain http on this machine only', () => {
    for (const host of ['localhost', 'a.localhost', 'a.b.localhost:3000', '127.0.0.1:5173', '[::1]'])
      expect(parseSite(`http://${host}`), host).toBe(`http://${host}`);
    for (const host of ['shop.example', '127.0.0.2', '10.0.0.1', 'localhost.evil.example', 'notlocalhost'])
      expect(parseSite(`http://${host}`), host).toBeUndefined();
  });

  it('is nothing that is not an origin as the browser stamps it', () => {
    const others = [
      'null',
      '',
      'https://shop.example/',
      'https://shop.example/path',
      'https://SHOP.example',
      'https://user@shop.example',
      'https://shop.example:443',
      'https://bücher.example',
      ' https://shop.example',
      'file://',
      'data:text/html,x',
      'blob:https://shop.example/1',
      'chrome-extension://abcdefgh',
      'javascript:0',
      'paidchat:panel',
    ];
    for (const origin of others) expect(parseSite(origin), origin).toBeUndefined();
    for (const origin of [undefined, null, 7, {}, ['https://shop.example']])
      expect(parseSite(origin)).toBeUndefined();
  });

  it('can never be taken for the side panel', () => {
    fc.assert(fc.property(fc.string(), (text) => parseSite(text) !== panelSite));
  });

  it('is on this machine by its hostname alone', () => {
    expect(isLocalHost('localhost')).toBe(true);
    expect(isLocalHost('localhost.')).toBe(false);
    expect(isLocalHost('.localhost')).toBe(false);
  });
});

describe('a registrable domain', () => {
  it('joins the subdomains of one owner', () => {
    expect(registrableDomain(site('https://a.b.shop.co.uk'))).toBe('shop.co.uk');
    expect(registrableDomain(site('https://shop.co.uk:8443'))).toBe('shop.co.uk');
  });

  it('keeps the users of a shared host apart', () => {
    expect(registrableDomain(site('https://ann.github.io'))).toBe('ann.github.io');
    expect(registrableDomain(site('https://bob.github.io'))).toBe('bob.github.io');
  });

  it('is the host itself where there is no domain', () => {
    expect(registrableDomain(site('https://192.168.0.7'))).toBe('192.168.0.7');
    expect(registrableDomain(site('http://127.0.0.1:5173'))).toBe('127.0.0.1');
  });

  it('is one for all of localhost, and the panel is its own', () => {
    expect(registrableDomain(site('http://a.localhost'))).toBe('localhost');
    expect(registrableDomain(site('http://localhost'))).toBe('localhost');
    expect(registrableDomain(panelSite)).toBe(panelSite);
  });
});
