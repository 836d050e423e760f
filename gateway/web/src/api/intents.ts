import { type ApiError, type ChangeMethod, change, newId } from './client';

/**
 * Changes that the user intends once, such as an order. An intent keeps its idempotency key while the outcome is unknown,
 * so that another click repeats the same request.
 */
export class Intents {
  private readonly keys = new Map<string, string>();

  async send<T>(intent: string, method: ChangeMethod, path: string, body: unknown): Promise<T> {
    const key = this.keys.get(intent) ?? newId();
    this.keys.set(intent, key);
    try {
      const data = await change<T>(method, path, body, { 'Idempotency-Key': key });
      this.keys.delete(intent);
      return data;
    } catch (error) {
      if ((error as ApiError).isFinal) this.keys.delete(intent);
      throw error;
    }
  }
}
