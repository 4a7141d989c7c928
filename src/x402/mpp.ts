/** No longer header is looked at. */
const maxHeaderLength = 16 * 1024;
const maxMethods = 8;

const methodName = /^[a-z][a-z0-9-]{0,31}$/;

// RFC 9110, 11.2 and 11.6.1: challenges and their parameters stand in one list.
const separators = /[\s,]*/y;
const parameter =
  /([!#$%&'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))[ \t]*(?=,|$)/y;
const scheme = /([!#$%&'*+.^_`|~\w-]+)(?:[ \t]+|[ \t]*(?=,|$))/y;
const token68 = /[\w.~+/-]+=*[ \t]*(?=,|$)/y;

/**
 * The methods of payment that a `WWW-Authenticate` header offers by MPP ("Payment" authentication scheme): "tempo",
 * "evm" … Each once, in the header's order. What comes after something unreadable is left out.
 */
export function readPaymentSchemes(header: string): readonly string[] {
  if (header.length > maxHeaderLength) return [];
  const methods = new Set<string>();
  let inPayment = false;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(header) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(separators);
    if (at === header.length || methods.size === maxMethods) return [...methods];
    const [, name = '', quoted, plain] = take(parameter) ?? [];
    if (name !== '') {
      const value = quoted?.replace(/\\(.)/gs, '$1') ?? plain ?? '';
      if (inPayment && name.toLowerCase() === 'method' && methodName.test(value)) methods.add(value);
      continue;
    }
    const begun = take(scheme);
    if (!begun) return [...methods];
    inPayment = begun[1]?.toLowerCase() === 'payment';
    // Basic and Bearer have parameters, Negotiate has one word.
    parameter.lastIndex = at;
    if (!parameter.test(header)) take(token68);
  }
}
