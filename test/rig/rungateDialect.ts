import { baseNetwork } from './facilitator.ts';
import type { Dialect } from './dialect.ts';
import { countInputTokens, priceOf, readBody, readBound, readMessages, readTools, Refusal } from './quote.ts';
import type { RigModel, RigRequest } from './quote.ts';
import { json } from './reply.ts';
import { openAiChunks } from './sse.ts';

const model = (
  id: string,
  inputPrice: bigint,
  outputPrice: bigint,
  reasons?: RigModel['reasons'],
): RigModel => ({
  id,
  name: id,
  tier: 'standard',
  isReady: true,
  contextLength: 131_072,
  maxOutputLength: 32_768,
  inputPrice,
  outputPrice,
  ...(reasons === undefined ? {} : { reasons }),
});

/** What Rungate has been seen to list; the prices are the rig's. */
const models: readonly RigModel[] = [
  model('deepseek/deepseek-v3.2', 280_000n, 420_000n),
  model('openai/gpt-oss-120b', 100_000n, 500_000n, 'reasoning'),
  model('z-ai/glm-5', 1_000_000n, 3_200_000n, 'reasoning_content'),
];

/** Rungate, as it is documented: OpenAI's chat completions; the challenge to the unpaid request is the price. */
export const rungateDialect: Dialect = {
  chatPath: '/v1/chat/completions',
  // "400 on paid retry usually means the payment-signature header is malformed or does not match the challenge."
  unmatched: 400,
  other({ method, path }, response) {
    if (method !== 'GET' || path !== '/v1/models') return false;
    json(response, 200, {
      object: 'list',
      data: models.map(({ id }) => ({
        id,
        object: 'model',
        created: 1_767_225_600,
        owned_by: id.split('/')[0],
      })),
    });
    return true;
  },
  read({ body, headers }) {
    // An Authorization header is the API-key path, whatever else comes with it.
    if (headers['authorization'] !== undefined) throw new Refusal(401, 'invalid API key');
    return readOpenAiRequest(body);
  },
  // It looks like x402 v1 and is none: what counts is the header.
  challengeBody: (request) => ({
    scheme: 'exact',
    network: baseNetwork,
    asset: 'USDC',
    maxAmountRequired: String(priceOf(request)),
    resource: rungateDialect.chatPath,
  }),
  shape: ({ model: { id, reasons } }) => openAiChunks(id, reasons),
};

/** @throws {Refusal} 400 */
function readOpenAiRequest(body: string): RigRequest {
  const fields = readBody(body);
  const found = models.find(({ id }) => id === fields['model']);
  if (found === undefined) throw new Refusal(400, `unknown model: ${String(fields['model'])}`);
  const messages = readMessages(fields['messages']);
  return {
    model: found,
    messages,
    inputTokens: countInputTokens(messages),
    maxOutputTokens: readBound(fields['max_tokens'] ?? 1024, 'max_tokens', found),
    maxToolCalls: 0,
    tools: readTools(fields['tools']),
    whole: fields['stream'] !== true,
  };
}
