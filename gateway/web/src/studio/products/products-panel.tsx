import { leaveTo } from '../studio-place';
import { EMPTY_DRAFT } from './product-draft';
import { ProductEditor } from './product-editor';
import { ProductForm } from './product-form';
import { ProductRows } from './product-rows';
import type { ShowProducts } from './show-products';
import { texts } from './texts';
import './products.css';

interface ProductsPanelProps {
  store: ShowProducts;
  /** `new`, the id of a product, or nothing for the list. */
  place: readonly string[];
  toast(text: string): void;
}

/** The products of the show: the list, the form for a new one, or the page of one. */
export function ProductsPanel({ store, place: [id], toast }: ProductsPanelProps) {
  if (id === undefined) return <ProductRows store={store} />;
  if (id !== 'new') return <ProductEditor key={id} id={id} store={store} toast={toast} />;
  return (
    <>
      <h2>{texts.newProduct}</h2>
      <ProductForm
        before={EMPTY_DRAFT}
        submitText={texts.create}
        busyText={texts.creating}
        onSubmit={async (draft) => {
          await store.create(draft);
          toast(texts.created);
          leaveTo('products');
        }}
      />
    </>
  );
}
