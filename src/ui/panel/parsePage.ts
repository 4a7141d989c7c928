import { mainText } from './pageText.ts';

interface Policies {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string },
  ): { createHTML(html: string): string };
}

/** The one policy that our content security policy names. */
const policyName = 'paidchat-page-text';

/**
 * Makes the reader of serialised pages. What it parses stays inert: no script of it runs, nothing of it is fetched, and
 * only text comes out. Call it once: the policy cannot be made twice.
 */
export function createPageReader(): (html: string) => string {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  const policy = trustedTypes?.createPolicy(policyName, { createHTML: (html) => html });
  return (html) => mainText(new DOMParser().parseFromString(policy?.createHTML(html) ?? html, 'text/html'));
}
