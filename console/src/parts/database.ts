/** What this browser keeps on its disk for one account at a time (IndexedDB): values, files among them. */
const NAME = "visavis";
const TABLE = "drafts";

function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function table(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const database = await answered(opening);
  const transaction = database.transaction(TABLE, mode);
  const close = () => database.close();
  transaction.oncomplete = close;
  transaction.onabort = close;
  return transaction.objectStore(TABLE);
}

/** Reads a value; `undefined` if there is none. */
export async function readKept(account: string, name: string): Promise<unknown> {
  return await answered((await table("readonly")).get([account, name]));
}

export async function keep(account: string, name: string, value: unknown): Promise<void> {
  await answered((await table("readwrite")).put(value, [account, name]));
}

/** Deletes what was kept for others: an account never finds what another has left behind. */
export async function forgetOthers(account: string): Promise<void> {
  const drafts = await table("readwrite");
  for (const key of await answered(drafts.getAllKeys()))
    if (!Array.isArray(key) || key[0] !== account) drafts.delete(key);
}

export async function forgetAll(): Promise<void> {
  await answered((await table("readwrite")).clear());
}
