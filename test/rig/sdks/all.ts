import { askAiSdk } from './aiSdk.ts';
import { askLangChain } from './langChain.ts';
import { askImpatiently, askOpenAi } from './openai.ts';
import { askStoppably } from './stoppable.ts';

/** The SDKs that websites have already, by the names of their packages. */
export const ask = {
  openai: askOpenAi,
  'ai, @ai-sdk/openai-compatible': askAiSdk,
  '@langchain/openai': askLangChain,
} as const;

export { askImpatiently, askStoppably };
