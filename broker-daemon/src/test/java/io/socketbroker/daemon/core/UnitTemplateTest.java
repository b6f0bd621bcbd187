package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitTemplateTest {
    @ParameterizedTest
    @ValueSource(strings = {"socketbroker-handler@.service", "a@.service", "A:b_c.d-9@.service", ".service@.service"})
    void shouldTakeTemplates(String name) {
        assertThat(UnitTemplate.isTemplate(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@.service",
                "handler.service",
                "handler@5.service",
                "handler@.socket",
                "handler@.service\n",
                "/etc/systemd/system/handler@.service",
                "../handler@.service",
                "a@b@.service",
                "h\u00e4ndler@.service",
                "a\\x2db@.service",
                "%i@.service"
            })
    void shouldRefuseAnythingElse(String name) {
        assertThat(UnitTemplate.isTemplate(name)).isFalse();
        assertThatThrownBy(() -> UnitTemplate.instance(name, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldBoundTheLength() {
        assertThat(UnitTemplate.isTemplate("x".repeat(200) + "@.service")).isTrue();
        assertThat(UnitTemplate.isTemplate("x".repeat(201) + "@.service")).isFalse();
        // unit_name_is_valid: 255 at most.
        assertThat(UnitTemplate.instance("x".repeat(200) + "@.service", Long.MAX_VALUE))
                .hasSizeLessThan(256);
    }

    @Test
    void shouldNameTheInstanceAfterTheActivation() {
        assertThat(UnitTemplate.instance("handler@.service", 5)).isEqualTo("handler@5.service");
    }
}
