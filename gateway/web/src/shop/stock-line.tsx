import { useEffect, useRef } from 'preact/hooks';
import type { Availability, Product } from './product';
import { texts } from './texts';

interface StockLineProps {
  product: Product;
  fullStock: number;
  state: Availability;
}

/** The stock as a bar and a number, which moves a little when it changes. */
export function StockLine({ product, fullStock, state }: StockLineProps) {
  const bar = useRef<HTMLElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  const shownStock = useRef(product.stock);
  const isOffered = state === 'available' || state === 'low';

  useEffect(() => {
    if (bar.current) bar.current.style.transform = `scaleX(${isOffered ? product.stock / fullStock : 0})`;
  }, [isOffered, product.stock, fullStock]);

  useEffect(() => {
    if (shownStock.current === product.stock) return;
    shownStock.current = product.stock;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    number.current?.animate([{ transform: 'scale(1.25)' }, { transform: 'none' }], {
      duration: 350,
      easing: 'ease-out',
    });
  }, [product.stock]);

  return (
    <p class="stock">
      <span class="stock-bar" aria-hidden="true">
        <i ref={bar} />
      </span>
      <span class="left" ref={number}>
        {leftText(product.stock, state)}
      </span>
    </p>
  );
}

function leftText(stock: number, state: Availability): string {
  switch (state) {
    case 'available':
      return texts.left(stock);
    case 'low':
      return texts.onlyLeft(stock);
    case 'sold-out':
      return texts.noneLeft;
    case 'ended':
      return texts.saleEnded;
  }
}
