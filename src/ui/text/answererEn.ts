/** The words about who answers a site, in English. */
export const answererEn = {
  label: 'Answered by',
  edit: (site: string) => `Choose who answers ${site}`,
  by: (gateway: string) => `of ${gateway}`,
  byDefault: (gateway: string) => `of ${gateway}, the default`,
  about: (amount: string) => `about ${amount} an answer`,
  aboutUnknown: 'price not known before it is asked',
  gateway: 'Gateway',
  defaultGateway: (name: string) => `Default: ${name}`,
  model: 'Model',
  ownModel: (model: string) => `Default: ${model}`,
  hint: (tokens: string) =>
    `Used where the site names no model, or one that nobody offers. Prices are for a short question and up to ${tokens} tokens of answer.`,
  removed: (id: string, name: string) =>
    `“${id}”, which you chose for this site, has been removed. ${name} answers instead.`,
  done: 'Done',
};
