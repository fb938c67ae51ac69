#include "iec60870/asdu/type_table.hpp"

#include <array>

#include "iec60870/asdu/type_rows.hpp"

namespace busbar::iec60870 {
namespace {

constexpr unsigned usual_header_size = 6;
constexpr unsigned usual_ioa_size = 3;

// --- the elements without their time tag ------------------------------------------------------------------------

template <class R>
struct TagOfRecord {
    static constexpr TimeTag tag = TimeTag::none;
};

template <class... Elements>
requires(sizeof...(Elements) > 0) struct TagOfRecord<Record<Elements...>> {
    using Last = std::tuple_element_t<sizeof...(Elements) - 1, Record<Elements...>>;
    static constexpr TimeTag tag = std::is_same_v<Last, Cp24Time2a>   ? TimeTag::cp24
                                   : std::is_same_v<Last, Cp56Time2a> ? TimeTag::cp56
                                                                      : TimeTag::none;
};

template <class R, class Tag>
struct WithTag;

template <class... Elements, class Tag>
struct WithTag<Record<Elements...>, Tag> {
    using Type = Record<Elements..., Tag>;
};

/// The type that consists of exactly these elements; 0 if there is none. Types of process information only: there a
/// time tag does not change what an object is.
template <class R>
constexpr TypeId find_process_type() {
    TypeId found = 0;
    std::apply(
        [&]<class... Row>(const TypeRow<Row>&... row) {
            ((found = std::is_same_v<R, Row> && row.id < 70 ? row.id : found), ...);
        },
        type_rows);
    return found;
}

/// The base type of a time-tagged one: the only process type that becomes `R` with `Tag` at its end.
template <class R, class Tag>
constexpr TypeId find_base_type() {
    TypeId found = 0;
    std::apply(
        [&]<class... Row>(const TypeRow<Row>&... row) {
            ((found = std::is_same_v<R, typename WithTag<Row, Tag>::Type> && row.id < 70 ? row.id : found), ...);
        },
        type_rows);
    return found;
}

template <class R>
struct Cp56Twin {
    static constexpr TypeId id = find_process_type<typename WithTag<R, Cp56Time2a>::Type>();
};

template <class... Elements>
requires(TagOfRecord<Record<Elements...>>::tag == TimeTag::cp24) struct Cp56Twin<Record<Elements...>> {
    /// Elements with CP56Time2a in place of CP24Time2a.
    using Twin = Record<std::conditional_t<std::is_same_v<Elements, Cp24Time2a>, Cp56Time2a, Elements>...>;
    static constexpr TypeId id = find_process_type<Twin>();
};

// --- one description a row ---------------------------------------------------------------------------------------

template <class R>
constexpr std::size_t count_fields() {
    std::size_t count = 0;
    R record{};
    for_each_leaf_of(record, [&](auto, const auto&) { ++count; });
    return count;
}

template <class R>
constexpr auto describe_fields() {
    std::array<FieldDescription, count_fields<R>()> fields{};
    std::size_t count = 0;
    R record{};
    for_each_leaf_of(record, [&](auto field, const auto&) {
        using F = decltype(field);
        fields[count++] = {F::key, F::label, F::first_bit, F::width, F::symbol};
    });
    return fields;
}

template <class R>
constexpr auto fields_of = describe_fields<R>();

template <class R>
constexpr TypeDescription describe(const TypeRow<R>& row) {
    constexpr TimeTag tag = TagOfRecord<R>::tag;
    constexpr unsigned size = record_size<R>;
    constexpr unsigned fitting = (max_asdu_size - usual_header_size) / (usual_ioa_size + size);
    TypeDescription type{};
    type.id = row.id;
    type.name = row.name;
    type.label = row.label;
    type.direction = row.causes.control ? Direction::control : Direction::monitor;
    type.size = size;
    type.time_tag = tag;
    type.sequence_allowed = row.packing == Packing::sequence;
    type.max_count = static_cast<std::uint8_t>(row.packing == Packing::one ? 1 : fitting);
    type.control_causes = row.causes.control;
    type.monitor_causes = row.causes.monitor;
    type.without_time_tag = tag == TimeTag::none   ? row.id
                            : tag == TimeTag::cp24 ? find_base_type<R, Cp24Time2a>()
                                                   : find_base_type<R, Cp56Time2a>();
    type.with_cp56 = tag == TimeTag::cp56 ? row.id : row.id < 70 ? Cp56Twin<R>::id : TypeId{0};
    type.fields = fields_of<R>;
    return type;
}

constexpr std::array descriptions =
    std::apply([](const auto&... row) { return std::array{describe(row)...}; }, type_rows);

constexpr auto by_id = [] {
    std::array<const TypeDescription*, 256> types{};
    for (const TypeDescription& type : descriptions) types[type.id] = &type;
    return types;
}();

}  // namespace

const TypeDescription* find_type(TypeId id) { return by_id[id]; }

std::span<const TypeDescription> all_types() { return descriptions; }

const TypeDescription& private_type(TypeId id) {
    static const auto types = [] {
        std::array<TypeDescription, 256> all{};
        for (unsigned type = 0; type < all.size(); ++type) {
            all[type].id = static_cast<TypeId>(type);
            all[type].name = "private";
            all[type].label = "Private type";
            all[type].max_count = 127;
            all[type].monitor_causes = ~std::uint64_t{0} & ~detail::refusals;
        }
        return all;
    }();
    return types[id];
}

}  // namespace busbar::iec60870
