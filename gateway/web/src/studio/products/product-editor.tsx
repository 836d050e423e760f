import { useComputed } from '@preact/signals';
import { hasFlashPrice, type Product } from '../../shop/product';
import type { ListedProduct } from '../../shop/product-list';
import { ActionButton } from '../../ui/action-button';
import { ConfirmButton } from '../../ui/confirm-button';
import { now } from '../../ui/now';
import { leaveTo } from '../studio-place';
import { FlashPrice } from './flash-price';
import { draftOf } from './product-draft';
import { ProductForm } from './product-form';
import type { ShowProducts } from './show-products';
import { texts } from './texts';

interface ProductEditorProps {
  id: string;
  store: ShowProducts;
  toast(text: string): void;
}

/** Everything that can be done with one product: `#products/ID`. */
export function ProductEditor({ id, store, toast }: ProductEditorProps) {
  const listed = store.list.listed.value.find((row) => row.id === id);
  if (!listed) return <Missing isLoaded={store.list.isLoaded.value} />;
  const product = listed.product.value;
  return (
    <>
      <a class="text-button" href="#products">
        {texts.back}
      </a>
      <h2>
        <bdi>{product.name}</bdi>
      </h2>
      <FlashPrice store={store} listed={listed} />
      <SaleButtons store={store} product={product} />
      <Form listed={listed} store={store} toast={toast} />
    </>
  );
}

function Missing({ isLoaded }: { isLoaded: boolean }) {
  return (
    <p class="studio-note" role="status">
      {isLoaded ? texts.gone : texts.loading} {isLoaded && <a href="#products">{texts.back}</a>}
    </p>
  );
}

function SaleButtons({ store, product }: { store: ShowProducts; product: Product }) {
  const isBusy = store.busy.value.has(product.id);
  const isSoldOut = product.status === 'SOLD_OUT';
  const remove = async () => {
    if (await store.delete(product)) leaveTo('products');
  };
  return (
    <p class="sale-buttons">
      {(product.stock > 0 || !isSoldOut) && (
        <ActionButton
          className="small-action"
          isDisabled={isBusy}
          ignoresDoubleClick
          onPress={() => void store.setSoldOut(product, !isSoldOut)}
        >
          {isSoldOut ? texts.reopen : texts.markSoldOut}
        </ActionButton>
      )}
      <ConfirmButton
        className="small-action"
        isDisabled={isBusy}
        question={texts.deleteQuestion(product.name)}
        details={texts.deleteDetails}
        confirmText={texts.delete}
        onConfirm={() => void remove()}
      >
        {texts.delete}
      </ConfirmButton>
    </p>
  );
}

/** The form keeps what the user types while the product changes; a changed price or stock is refused by its version. */
function Form({ listed, store, toast }: { listed: ListedProduct } & Omit<ProductEditorProps, 'id'>) {
  const product = listed.product.value;
  const isFlash = useComputed(() => hasFlashPrice(listed.product.value, now.value)).value;
  return (
    <ProductForm
      key={String(isFlash)}
      before={draftOf(product)}
      submitText={texts.save}
      busyText={texts.saving}
      isPriceLocked={isFlash}
      onSubmit={async (draft) => {
        await store.save(product, draft);
        toast(texts.saved);
        leaveTo('products');
      }}
    />
  );
}
