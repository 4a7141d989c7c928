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
  return (html) => {
    const quiet = withoutStyles(html);
    return mainText(new DOMParser().parseFromString(policy?.createHTML(quiet) ?? quiet, 'text/html'));
  };
}

const tags = /<\/?[a-z][^>]*>/giu;
const styleTag = /^<(\/?)style\b/iu;
const styleOrHandler = /\s(?:style|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/giu;

/** Inline styles and handlers do nothing in a parsed page, but each is reported as a break of our content security policy. */
function withoutStyles(html: string): string {
  return html.replace(tags, (tag) => tag.replace(styleTag, '<$1template').replace(styleOrHandler, ''));
}
