/** Asks the browser never to clear what PaidChat stores. A worker cannot ask; a refusal changes nothing. */
export function keepStorage(): void {
  void navigator.storage.persist().catch(() => false);
}
