import type { ServerResponse } from 'node:http';
import type { Faults } from './faults.ts';
import { quoteFor, readRequest } from './quote.ts';
import { json } from './reply.ts';

/** Answers a quote with the fault that is switched on. @returns whether one was */
export function sendBadQuote(body: string, response: ServerResponse, faults: Faults): boolean {
  if (faults.take('quoteDown')) {
    json(response, 503, { error: { message: 'the quote is down', type: 'server_error' } });
  } else if (faults.take('quoteHtml')) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Welcome</h1>');
  } else if (faults.take('quoteHuge')) {
    json(response, 200, { ...quoteFor(readRequest(body)), padding: 'x'.repeat(200 * 1024) });
  } else if (faults.take('quoteHostileHeaders')) {
    const quote = quoteFor(readRequest(body));
    const hostile = { authorization: 'Bearer x', cookie: 'session=x', host: 'elsewhere.example' };
    json(response, 200, { ...quote, headers: { ...quote.headers, ...hostile } });
  } else {
    return false;
  }
  return true;
}
