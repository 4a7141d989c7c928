import { ChatOpenAI } from '@langchain/openai';
import type { PaidChat } from '../../../src/inpage/types.ts';
import { bound, lookUp, model, observed, question, wordsBeforeAbort } from './scenario.ts';
import type { AskSdk } from './scenario.ts';

declare const paidChat: PaidChat;

/** LangChain's model for OpenAI's protocol. */
export const askLangChain: AskSdk = (scenario) => {
  const chat = new ChatOpenAI({
    apiKey: 'paidchat',
    model,
    maxTokens: bound,
    configuration: { baseURL: paidChat.baseURL, fetch: paidChat.fetch, dangerouslyAllowBrowser: true },
  });
  return observed(async (say) => {
    switch (scenario) {
      case 'stream':
        for await (const chunk of await chat.stream(question)) say(chunk.text);
        return {};
      case 'json':
        say((await chat.invoke(question)).text);
        return {};
      case 'tools': {
        const tools = [{ type: 'function' as const, function: lookUp }];
        const message = await chat.bindTools(tools).invoke(question);
        const call = message.tool_calls?.[0];
        return call ? { call: { name: call.name, args: JSON.stringify(call.args) } } : {};
      }
      case 'abort': {
        const aborter = new AbortController();
        let words = 0;
        for await (const chunk of await chat.stream(question, { signal: aborter.signal })) {
          say(chunk.text);
          words += 1;
          if (words === wordsBeforeAbort) aborter.abort();
        }
        return {};
      }
    }
  });
};
