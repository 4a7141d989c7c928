import OpenAI from 'openai';
import type { PaidChat } from '../../../src/inpage/types.ts';
import { bound, lookUp, model, observed, question, wordsBeforeAbort } from './scenario.ts';
import type { AskSdk, SdkResult } from './scenario.ts';

declare const paidChat: PaidChat;

const messages = [{ role: 'user' as const, content: question }];

const clientOf = () =>
  new OpenAI({
    apiKey: 'paidchat',
    baseURL: paidChat.baseURL,
    fetch: paidChat.fetch,
    dangerouslyAllowBrowser: true,
  });

/** Waits less long than the answer takes, and repeats by itself. */
export function askImpatiently(timeoutMs: number): Promise<SdkResult> {
  return observed(async (say) => {
    const options = { timeout: timeoutMs, maxRetries: 4 };
    const completion = await clientOf().chat.completions.create(
      { model, messages, max_tokens: bound },
      options,
    );
    say(completion.choices[0]?.message.content ?? '');
    return {};
  });
}

/** OpenAI's own SDK. */
export const askOpenAi: AskSdk = (scenario) => {
  const client = clientOf();
  const request = { model, messages, max_tokens: bound };
  return observed(async (say) => {
    switch (scenario) {
      case 'stream': {
        const stream = await client.chat.completions.create({ ...request, stream: true });
        for await (const chunk of stream) say(chunk.choices[0]?.delta.content ?? '');
        return {};
      }
      case 'json': {
        const completion = await client.chat.completions.create(request);
        say(completion.choices[0]?.message.content ?? '');
        return {};
      }
      case 'tools': {
        const tools = [{ type: 'function' as const, function: lookUp }];
        const completion = await client.chat.completions.create({ ...request, tools });
        const call = completion.choices[0]?.message.tool_calls?.[0];
        if (call?.type !== 'function') return {};
        return { call: { name: call.function.name, args: call.function.arguments } };
      }
      case 'abort': {
        let words = 0;
        const stream = await client.chat.completions.create({ ...request, stream: true });
        for await (const chunk of stream) {
          say(chunk.choices[0]?.delta.content ?? '');
          words += 1;
          if (words === wordsBeforeAbort) stream.controller.abort();
        }
        return {};
      }
    }
  });
};
