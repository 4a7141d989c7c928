/** What is asked of each SDK, the same words for all. */
export const scenarios = ['stream', 'json', 'tools', 'abort'] as const;

/** The name of one. */
export type Scenario = (typeof scenarios)[number];

/** What came of it, as the page's own code sees it. */
export interface SdkResult {
  readonly text: string;
  /** The function that the model wants called, and its arguments. */
  readonly call?: { readonly name: string; readonly args: string };
  /** What the SDK threw. */
  readonly error?: { readonly name: string; readonly message: string; readonly status?: number };
}

/** One SDK, asked through PaidChat with the retries that it has by default. */
export type AskSdk = (scenario: Scenario) => Promise<SdkResult>;

export const model = 'ambient/large';
export const question = 'Explain verifiable inference in one paragraph.';
export const bound = 1000;

/** A function that a model may call, as JSON schema. */
export const lookUp = {
  name: 'look_up',
  description: 'Looks a question up.',
  parameters: {
    type: 'object',
    properties: { question: { type: 'string' } },
    required: ['question'],
    additionalProperties: false,
  },
} as const;

/** An answer under way that its page gives up after a few words. */
export const wordsBeforeAbort = 12;

/** Runs one, and tells what it threw as data. */
export async function observed(
  run: (said: (text: string) => void) => Promise<Omit<SdkResult, 'text'> | void>,
): Promise<SdkResult> {
  let text = '';
  try {
    const rest = await run((more) => {
      text += more;
    });
    return { text, ...rest };
  } catch (thrown) {
    const { name, message, status, statusCode } = thrown as Error & { status?: number; statusCode?: number };
    const code = status ?? statusCode;
    return { text, error: { name, message, ...(code === undefined ? {} : { status: code }) } };
  }
}
