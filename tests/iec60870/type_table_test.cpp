#include "iec60870/asdu/type_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::iec60870 {
namespace {

/// Section 8 of the protocol reference, in its own words: size with time tag, greatest N with SQ 0 and 1, causes.
struct Expected {
    TypeId id;
    const char* name;
    unsigned size, most_single, most_sequence;
    const char* causes;
};

constexpr const char* state = "m 2 3 5 11 12 20-36";
constexpr const char* state_event = "m 3 5 11 12";
constexpr const char* measured = "m 1 2 3 5 20-36";
constexpr const char* command = "c 6 8 m 7 9 10 44-47";

const std::vector<Expected> expected_types{
    {1, "M_SP_NA_1", 1, 60, 127, state},
    {2, "M_SP_TA_1", 4, 34, 0, state_event},
    {3, "M_DP_NA_1", 1, 60, 127, state},
    {4, "M_DP_TA_1", 4, 34, 0, state_event},
    {5, "M_ST_NA_1", 2, 48, 120, state},
    {6, "M_ST_TA_1", 5, 30, 0, state_event},
    {7, "M_BO_NA_1", 5, 30, 48, "m 2 3 5 20-36"},
    {8, "M_BO_TA_1", 8, 22, 0, "m 3 5"},
    {9, "M_ME_NA_1", 3, 40, 80, measured},
    {10, "M_ME_TA_1", 6, 27, 0, "m 3 5"},
    {11, "M_ME_NB_1", 3, 40, 80, measured},
    {12, "M_ME_TB_1", 6, 27, 0, "m 3 5"},
    {13, "M_ME_NC_1", 5, 30, 48, measured},
    {14, "M_ME_TC_1", 8, 22, 0, "m 3 5"},
    {15, "M_IT_NA_1", 5, 30, 48, "m 3 37-41"},
    {16, "M_IT_TA_1", 8, 22, 0, "m 3 37-41"},
    {17, "M_EP_TA_1", 6, 27, 0, "m 3"},
    {18, "M_EP_TB_1", 7, 1, 0, "m 3"},
    {19, "M_EP_TC_1", 7, 1, 0, "m 3"},
    {20, "M_PS_NA_1", 5, 30, 48, "m 2 3 5 20-36"},
    {21, "M_ME_ND_1", 2, 48, 120, measured},
    {30, "M_SP_TB_1", 8, 22, 0, state_event},
    {31, "M_DP_TB_1", 8, 22, 0, state_event},
    {32, "M_ST_TB_1", 9, 20, 0, state_event},
    {33, "M_BO_TB_1", 12, 16, 0, "m 3 5"},
    {34, "M_ME_TD_1", 10, 18, 0, "m 3 5"},
    {35, "M_ME_TE_1", 10, 18, 0, "m 3 5"},
    {36, "M_ME_TF_1", 12, 16, 0, "m 3 5"},
    {37, "M_IT_TB_1", 12, 16, 0, "m 3 37-41"},
    {38, "M_EP_TD_1", 10, 18, 0, "m 3"},
    {39, "M_EP_TE_1", 11, 1, 0, "m 3"},
    {40, "M_EP_TF_1", 11, 1, 0, "m 3"},
    {45, "C_SC_NA_1", 1, 1, 0, command},
    {46, "C_DC_NA_1", 1, 1, 0, command},
    {47, "C_RC_NA_1", 1, 1, 0, command},
    {48, "C_SE_NA_1", 3, 1, 0, command},
    {49, "C_SE_NB_1", 3, 1, 0, command},
    {50, "C_SE_NC_1", 5, 1, 0, command},
    {51, "C_BO_NA_1", 4, 1, 0, command},
    {58, "C_SC_TA_1", 8, 1, 0, command},
    {59, "C_DC_TA_1", 8, 1, 0, command},
    {60, "C_RC_TA_1", 8, 1, 0, command},
    {61, "C_SE_TA_1", 10, 1, 0, command},
    {62, "C_SE_TB_1", 10, 1, 0, command},
    {63, "C_SE_TC_1", 12, 1, 0, command},
    {64, "C_BO_TA_1", 11, 1, 0, command},
    {70, "M_EI_NA_1", 1, 1, 0, "m 4"},
    {100, "C_IC_NA_1", 1, 1, 0, command},
    {101, "C_CI_NA_1", 1, 1, 0, command},
    {102, "C_RD_NA_1", 0, 1, 0, "c 5 m 44-47"},
    {103, "C_CS_NA_1", 7, 1, 0, "c 6 m 7 44-47"},
    {104, "C_TS_NA_1", 2, 1, 0, "c 6 m 7 44-47"},
    {105, "C_RP_NA_1", 1, 1, 0, "c 6 m 7 44-47"},
    {106, "C_CD_NA_1", 2, 1, 0, "c 3 6 m 7 44-47"},
    {107, "C_TS_TA_1", 9, 1, 0, "c 6 m 7 44-47"},
    {110, "P_ME_NA_1", 3, 1, 0, "c 6 m 7 20-36 44-47"},
    {111, "P_ME_NB_1", 3, 1, 0, "c 6 m 7 20-36 44-47"},
    {112, "P_ME_NC_1", 5, 1, 0, "c 6 m 7 20-36 44-47"},
    {113, "P_AC_NA_1", 1, 1, 0, "c 6 8 m 7 9 44-47"},
    {120, "F_FR_NA_1", 6, 1, 0, "c 13 m 13 44-47"},
    {121, "F_SR_NA_1", 7, 1, 0, "c 13 m 13 44-47"},
    {122, "F_SC_NA_1", 4, 1, 0, "c 5 13 m 5 13 44-47"},
    {123, "F_LS_NA_1", 5, 1, 0, "c 13 m 13 44-47"},
    {124, "F_AF_NA_1", 4, 1, 0, "c 13 m 13 44-47"},
    {125, "F_SG_NA_1", 4, 1, 0, "c 13 m 13 44-47"},
    {126, "F_DR_TA_1", 13, 15, 18, "m 3 5"},
    {127, "F_SC_NB_1", 16, 1, 0, "c 3 5 13 m 3 5 13 44-47"},
};

std::string causes_in_words(std::uint64_t causes) {
    std::string words;
    for (unsigned cause = 0; cause < 64; ++cause) {
        if (!(causes >> cause & 1)) continue;
        unsigned last = cause;
        while (causes >> (last + 1) & 1) ++last;
        words += " " + std::to_string(cause);
        if (last > cause + 2) {
            words += "-" + std::to_string(last);
            cause = last;
        }
    }
    return words;
}

std::string causes_in_words(const TypeDescription& type) {
    std::string words;
    if (type.control_causes) words += "c" + causes_in_words(type.control_causes);
    if (type.monitor_causes) words += (words.empty() ? "m" : " m") + causes_in_words(type.monitor_causes);
    return words;
}

TEST(TypeTable, IsTheTableOfTheStandard) {
    ASSERT_EQ(all_types().size(), expected_types.size());
    for (std::size_t i = 0; i < expected_types.size(); ++i) {
        const Expected& expected = expected_types[i];
        const TypeDescription& type = all_types()[i];
        SCOPED_TRACE(expected.name);
        EXPECT_EQ(type.id, expected.id);
        EXPECT_EQ(type.name, expected.name);
        EXPECT_EQ(type.size, expected.size);
        EXPECT_EQ(type.max_count, expected.most_single);
        EXPECT_EQ(type.sequence_allowed, expected.most_sequence > 0);
        if (type.sequence_allowed) {
            EXPECT_EQ(std::min(127u, (249u - 6 - 3) / type.size), expected.most_sequence);
        }
        EXPECT_EQ(causes_in_words(type), expected.causes);
        EXPECT_EQ(find_type(expected.id), &type);
    }
}

TEST(TypeTable, HasNoOtherTypes) {
    unsigned known = 0;
    for (unsigned id = 0; id < 256; ++id) known += find_type(static_cast<TypeId>(id)) ? 1u : 0u;
    EXPECT_EQ(known, expected_types.size());
    for (const unsigned id : {0u, 22u, 41u, 52u, 81u, 99u, 128u, 255u})
        EXPECT_EQ(find_type(static_cast<TypeId>(id)), nullptr);
}

TEST(TypeTable, KnowsTheTypesWithAndWithoutTimeTag) {
    struct Family {
        TypeId base, cp24, cp56;
    };
    for (const Family family :
         {Family{1, 2, 30},   Family{3, 4, 31},   Family{5, 6, 32},   Family{7, 8, 33},  Family{9, 10, 34},
          Family{11, 12, 35}, Family{13, 14, 36}, Family{15, 16, 37}, Family{0, 17, 38}, Family{0, 18, 39},
          Family{0, 19, 40},  Family{45, 0, 58},  Family{46, 0, 59},  Family{47, 0, 60}, Family{48, 0, 61},
          Family{49, 0, 62},  Family{50, 0, 63},  Family{51, 0, 64},  Family{20, 0, 0},  Family{21, 0, 0}}) {
        for (const TypeId id : {family.base, family.cp24, family.cp56}) {
            if (id == 0) continue;
            EXPECT_EQ(find_type(id)->without_time_tag, family.base) << unsigned{id};
            EXPECT_EQ(find_type(id)->with_cp56, family.cp56) << unsigned{id};
        }
        if (family.base) {
            EXPECT_EQ(find_type(family.base)->time_tag, TimeTag::none);
        }
        if (family.cp24) {
            EXPECT_EQ(find_type(family.cp24)->time_tag, TimeTag::cp24);
        }
        if (family.cp56) {
            EXPECT_EQ(find_type(family.cp56)->time_tag, TimeTag::cp56);
        }
    }
    for (const TypeId id : std::initializer_list<TypeId>{70, 100, 102, 104}) {
        EXPECT_EQ(find_type(id)->without_time_tag, id);
        EXPECT_EQ(find_type(id)->with_cp56, 0);
    }
    for (const TypeId id : std::initializer_list<TypeId>{103, 107, 126}) {
        EXPECT_EQ(find_type(id)->without_time_tag, 0);
        EXPECT_EQ(find_type(id)->with_cp56, id);
    }
}

TEST(TypeTable, EveryBitHasOneName) {
    for (const TypeDescription& type : all_types()) {
        unsigned free_from = 0;
        for (const FieldDescription& field : type.fields) {
            EXPECT_GE(field.first_bit, free_from) << type.name << " " << field.key;
            EXPECT_FALSE(field.key.empty() || field.label.empty() || field.symbol.empty());
            free_from = field.first_bit + field.width;
        }
        EXPECT_LE(free_from, type.size * 8u) << type.name;
    }
}

TEST(TypeTable, FindsTheTimeTagInsideAnElement) {
    const auto element = from_hex("01 ab 87 2d 09 15 0b 1a").value();
    EXPECT_EQ(to_hex(find_type(30)->time_tag_of(element)), "ab872d09150b1a");
    EXPECT_EQ(to_hex(find_type(2)->time_tag_of(Octets{element}.first(4))), "ab872d");
    EXPECT_EQ(to_hex(find_type(1)->time_tag_of(Octets{element}.first(1))), "");
}

}  // namespace
}  // namespace busbar::iec60870
