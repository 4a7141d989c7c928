import type { ServerResponse } from 'node:http';
import { Refusal } from './quote.ts';
import type { RecordedRequest } from './requests.ts';

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers a failure in OpenAI's error shape; a {@link Refusal} has its own status. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof Refusal ? error.status : 500;
  const message = error instanceof Error ? error.message : String(error);
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  json(response, status, { error: { message, type } });
}

/** Any page may call, and read the payment headers: so can the clients of JumpGate's documentation. */
export function allowEveryOrigin(request: RecordedRequest, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader(
    'access-control-allow-headers',
    request.headers['access-control-request-headers'] ?? 'content-type',
  );
  response.setHeader('access-control-expose-headers', 'PAYMENT-REQUIRED, PAYMENT-RESPONSE');
  response.setHeader('access-control-allow-private-network', 'true');
}

/** Breaks the connection the hard way. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
