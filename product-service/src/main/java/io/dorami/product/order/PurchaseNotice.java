package io.dorami.product.order;

import io.dorami.contracts.events.RoomEvent.PurchaseAnnounced;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.cart.MaskedBuyerName;
import io.dorami.service.runtime.DoramiConfig.Language;
import java.util.List;

/** The text by which a show's room learns of an order or a payment. The buyer's name is masked. */
enum PurchaseNotice {
    ORDERED("%s님이 주문했습니다: %s", "%s ordered %s"),
    PAID("%s님이 구매했습니다: %s", "%s bought %s");

    private final String korean;
    private final String english;

    PurchaseNotice(String korean, String english) {
        this.korean = korean;
        this.english = english;
    }

    /** Creates the event for one show, with the products of this show alone. */
    PurchaseAnnounced event(Order order, StreamKey show, Language language) {
        String buyer = MaskedBuyerName.mask(order.customer().name());
        List<String> products = order.items().stream()
                .filter(item -> show.equals(item.streamKey()))
                .map(OrderItem::productName)
                .toList();
        int others = products.size() - 1;
        String first = products.getFirst();
        return new PurchaseAnnounced(
                show,
                buyer,
                switch (language) {
                    case KO -> korean.formatted(buyer, others == 0 ? first : first + " 외 " + others + "개");
                    case EN -> english.formatted(buyer, others == 0 ? first : first + " and " + others + " more");
                });
    }
}
