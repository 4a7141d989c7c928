import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, jsonSchema, streamText } from 'ai';
import type { ToolSet } from 'ai';
import type { PaidChat } from '../../../src/inpage/types.ts';
import { bound, lookUp, model, observed, question, wordsBeforeAbort } from './scenario.ts';
import type { AskSdk } from './scenario.ts';

declare const paidChat: PaidChat;

/** The AI SDK with its provider for OpenAI's protocol. */
export const askAiSdk: AskSdk = (scenario) => {
  const provider = createOpenAICompatible({
    name: 'paidchat',
    baseURL: paidChat.baseURL,
    fetch: paidChat.fetch,
  });
  const request = { model: provider(model), prompt: question, maxOutputTokens: bound };
  return observed(async (say) => {
    switch (scenario) {
      case 'stream':
        await readAll(streamText({ ...request, onError: () => undefined }).fullStream, say);
        return {};
      case 'json':
        say((await generateText(request)).text);
        return {};
      case 'tools': {
        const { description, parameters } = lookUp;
        const inputSchema = jsonSchema<{ question: string }>(parameters);
        const tools: ToolSet = { look_up: { description, inputSchema } };
        const { toolCalls } = await generateText({ ...request, tools });
        const call = toolCalls[0];
        return call ? { call: { name: call.toolName, args: JSON.stringify(call.input) } } : {};
      }
      case 'abort': {
        const aborter = new AbortController();
        let words = 0;
        const { fullStream } = streamText({
          ...request,
          abortSignal: aborter.signal,
          onError: () => undefined,
        });
        await readAll(fullStream, (text) => {
          say(text);
          words += 1;
          if (words === wordsBeforeAbort) aborter.abort();
        });
        return {};
      }
    }
  });
};

/** The AI SDK tells what went wrong as a part of the stream. */
async function readAll(
  parts: AsyncIterable<{ readonly type: string; readonly text?: string; readonly error?: unknown }>,
  say: (text: string) => void,
): Promise<void> {
  for await (const part of parts) {
    if (part.type === 'text-delta') say(part.text ?? '');
    if (part.type === 'error') throw part.error;
  }
}
