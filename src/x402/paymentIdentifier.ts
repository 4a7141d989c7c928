import { isJsonObject } from '../core/json.ts';

/** The x402 extension with which a client names its payment, so that a repeat of it gets the answer that was lost. */
const paymentIdentifierKey = 'payment-identifier';

/** What a challenge brings beside its offers. */
type Extensions = Readonly<Record<string, unknown>>;

/** The declaration as the extension's specification has it; one of another shape is none. */
interface Declaration extends Extensions {
  readonly info: Extensions & { readonly required: boolean };
}

/** What is kept of a gateway's extensions: this one, where it is offered as its specification says. */
export function keptExtensions(extensions: unknown): { extensions?: Record<string, unknown> } {
  const declared = declarationIn(extensions);
  return declared ? { extensions: { [paymentIdentifierKey]: declared } } : {};
}

/** Whether the gateway of a challenge takes identifiers. */
export function takesIdentifier({ extensions }: { readonly extensions?: unknown }): boolean {
  return declarationIn(extensions) !== undefined;
}

/** The challenge with our identifier in it, whatever stood there: the client echoes it in its payment. */
export function identifiedBy<Required extends { readonly extensions?: Record<string, unknown> }>(
  required: Required,
  identifier: string | undefined,
): Required {
  const declared = declarationIn(required.extensions);
  if (identifier === undefined || !declared) return required;
  const info = { ...declared.info, id: identifier };
  return { ...required, extensions: { [paymentIdentifierKey]: { ...declared, info } } };
}

function declarationIn(extensions: unknown): Declaration | undefined {
  if (!isJsonObject(extensions) || !Object.hasOwn(extensions, paymentIdentifierKey)) return undefined;
  const declared = extensions[paymentIdentifierKey];
  if (!isJsonObject(declared) || !isJsonObject(declared['info'])) return undefined;
  return typeof declared['info']['required'] === 'boolean' ? (declared as Declaration) : undefined;
}
