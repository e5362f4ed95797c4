/** Drafts in IndexedDB, of one account at a time. Values may be files. */
const NAME = "visavis";
const TABLE = "drafts";

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function table(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  const database = await resultOf(request);
  const transaction = database.transaction(TABLE, mode);
  const close = () => database.close();
  transaction.oncomplete = close;
  transaction.onabort = close;
  return transaction.objectStore(TABLE);
}

/** Reads a value; `undefined` if there is none. */
export async function loadValue(account: string, name: string): Promise<unknown> {
  return await resultOf((await table("readonly")).get([account, name]));
}

export async function saveValue(account: string, name: string, value: unknown): Promise<void> {
  await resultOf((await table("readwrite")).put(value, [account, name]));
}

/** Deletes the drafts of all other accounts, so that an account never finds those of another. */
export async function deleteOtherAccounts(account: string): Promise<void> {
  const drafts = await table("readwrite");
  for (const key of await resultOf(drafts.getAllKeys()))
    if (!Array.isArray(key) || key[0] !== account) drafts.delete(key);
}

export async function deleteAll(): Promise<void> {
  await resultOf((await table("readwrite")).clear());
}
