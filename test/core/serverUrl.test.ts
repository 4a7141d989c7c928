import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isServerUrl, readBaseUrl, readNodeUrl } from '../../src/core/serverUrl.ts';

describe('the address of a server', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com', false],
    ['  https://API.example.com/ ', 'https://api.example.com', false],
    ['https://api.example.com:443/v1//', 'https://api.example.com/v1', false],
    ['https://api.example.com:8443/v1', 'https://api.example.com:8443/v1', false],
    ['http://localhost:8402', 'http://localhost:8402', true],
    ['http://gateway.localhost:8402/', 'http://gateway.localhost:8402', true],
    ['http://127.0.0.1:8545', 'http://127.0.0.1:8545', true],
    ['https://localhost:8402', 'https://localhost:8402', false],
  ])('"%s" is read as %s', (typed, url, isLocal) => {
    expect(readBaseUrl(typed)).toEqual({ url, origin: new URL(url).origin, isLocal });
    expect(isServerUrl(url)).toBe(true);
  });

  it.each([
    ['', 'unclear'],
    ['api.example.com', 'unclear'],
    ['localhost:8402', 'unclear'],
    ['https://', 'unclear'],
    ['ftp://api.example.com', 'unclear'],
    ['javascript:alert(1)', 'unclear'],
    ['file:///etc/passwd', 'unclear'],
    ['https://exa mple.com', 'unclear'],
    [`https://example.com/${'a'.repeat(500)}`, 'unclear'],
    ['http://api.example.com', 'insecure'],
    ['http://192.168.1.5:8402', 'insecure'],
    ['http://localhost.example.com', 'insecure'],
    ['http://[::1]:8402', 'insecure'],
    ['https://me:secret@api.example.com', 'extra'],
    ['https://api.example.com/#top', 'extra'],
    ['https://api.example.com/?key=1', 'extra'],
  ])('"%s" is refused as %s', (typed, problem) => {
    expect(readBaseUrl(typed)).toEqual({ problem });
  });

  it('of a node may carry its key in the query', () => {
    const typed = 'https://node.example/v2?key=1';
    expect(readNodeUrl(typed)).toMatchObject({ url: typed, origin: 'https://node.example' });
  });

  it('once read is read the same again, whatever was typed, and is never plain http to elsewhere', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string()),
        (typed) => {
          const read = readNodeUrl(typed);
          if ('problem' in read) return;
          expect(readNodeUrl(read.url)).toEqual(read);
          expect(isServerUrl(read.url)).toBe(true);
          expect(read.url.startsWith('https://') || read.isLocal).toBe(true);
        },
      ),
    );
  });
});
