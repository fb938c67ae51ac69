#pragma once

#include <array>

#include "iec60870/element/field.hpp"

namespace busbar::iec60870 {

/// The elements of one information object, in their order, without the address.
template <Described... Elements>
using Record = std::tuple<Elements...>;

namespace detail {

template <class R>
struct RecordTraits;

template <class... Elements>
struct RecordTraits<Record<Elements...>> {
    static constexpr unsigned octets = total_size_of<Elements...>;

    template <std::size_t index>
    static constexpr unsigned offset = [] {
        constexpr std::array<unsigned, sizeof...(Elements) + 1> sizes{size_of<Elements>..., 0};
        unsigned sum = 0;
        for (std::size_t i = 0; i < index; ++i) sum += sizes[i];
        return sum;
    }();
};

}  // namespace detail

/// Octets of all elements of a record.
template <class R>
inline constexpr unsigned record_size = detail::RecordTraits<R>::octets;

/// Reads all elements from record_size<R> octets.
template <class R>
constexpr R decode_record(const Octet* octets) {
    R record;
    [&]<std::size_t... index>(std::index_sequence<index...>) {
        (decode(octets + detail::RecordTraits<R>::template offset<index>, std::get<index>(record)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<R>>{});
    return record;
}

/// Writes all elements and returns the end.
template <class R>
constexpr Octet* encode_record(const R& record, Octet* out) {
    std::apply([&](const auto&... element) { ((out = encode(element, out)), ...); }, record);
    return out;
}

/// Elements before the time tag; all if the last one is none.
template <class R>
inline constexpr std::size_t count_before_tag = [] {
    constexpr std::size_t count = std::tuple_size_v<R>;
    if constexpr (count > 0) return count - (Tag<std::tuple_element_t<count - 1, R>> ? 1 : 0);
    return count;
}();

/// Are these the octets that the elements before the time tag would be written as?
template <class R>
constexpr bool encodes_to_before_tag(const R& record, const Octet* octets) {
    return [&]<std::size_t... index>(std::index_sequence<index...>) {
        return (encodes_to(std::get<index>(record), octets + detail::RecordTraits<R>::template offset<index>) && ...);
    }
    (std::make_index_sequence<count_before_tag<R>>{});
}

/// Calls `action(FieldOf{}, member)` for each number and switch of a record, and `action(TagOf{}, tag)` for each time
/// tag. `first_bit` of a field counts from the record's first octet.
template <class Self, class Action>
constexpr void for_each_leaf_of(Self& record, Action&& action) {
    using R = std::remove_const_t<Self>;
    [&]<std::size_t... index>(std::index_sequence<index...>) {
        [[maybe_unused]] const auto visit = [&]<std::size_t i>(std::integral_constant<std::size_t, i>) {
            using Element = std::tuple_element_t<i, R>;
            constexpr unsigned first_bit = detail::RecordTraits<R>::template offset<i> * 8;
            if constexpr (Tag<Element>) {
                action(TagOf<Element, first_bit>{}, std::get<i>(record));
            } else {
                for_each_leaf<first_bit>(std::get<i>(record), action);
            }
        };
        (visit(std::integral_constant<std::size_t, index>{}), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<R>>{});
}

}  // namespace busbar::iec60870
