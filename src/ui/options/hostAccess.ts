import { useEffect, useState } from 'preact/hooks';

/** What the browser lets the extension reach beyond its fixed hosts. */
export interface HostAccess {
  /** Asks the person through the browser, in a click and before anything is awaited. Resolves whether all may be reached. */
  request(urls: readonly string[]): Promise<boolean>;
  has(url: string): Promise<boolean>;
  /** Calls back when it was given or taken away. @returns the undo */
  onChange(listener: () => void): () => void;
}

/** Which of these addresses the browser keeps from us now. */
export function useKept(access: HostAccess, urls: readonly string[]): ReadonlySet<string> {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const wanted = urls.join('\n');
  useEffect(() => {
    let over = false;
    const look = async () => {
      const all = wanted === '' ? [] : wanted.split('\n');
      const seen = await Promise.all(all.map((url) => access.has(url)));
      if (!over) setKept(new Set(all.filter((_url, index) => seen[index] === false)));
    };
    void look();
    const undo = access.onChange(() => void look());
    return () => {
      over = true;
      undo();
    };
  }, [access, wanted]);
  return kept;
}
