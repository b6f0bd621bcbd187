package io.socketbroker.linux;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import org.junit.jupiter.api.Test;

/** The shape of the module. */
final class ArchitectureTest {

    private static final String FOREIGN = "java.lang.foreign..";

    private static final DescribedPredicate<JavaClass> FINAL_OR_SEALED = describe(
            "be final or sealed",
            type -> type.getModifiers().contains(JavaModifier.FINAL)
                    || type.reflect().isSealed());

    private final JavaClasses main = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.socketbroker");

    @Test
    void shouldKeepForeignCallsInThisPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.socketbroker.linux")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(FOREIGN)
                .allowEmptyShould(true) // this module alone has no other package
                .check(main);
    }

    @Test
    void shouldHideForeignMemoryFromCallers() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should()
                .notHaveRawReturnType(inForeign())
                .andShould(notTakeForeignParameters())
                .check(main);
    }

    @Test
    void shouldHaveFinalOrSealedPublicClasses() {
        classes().that().arePublic().should(ArchCondition.from(FINAL_OR_SEALED)).check(main);
    }

    @Test
    void shouldDependOnNothingButTheJdkAndItsAnnotations() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.socketbroker.linux", "java..", "org.jspecify.annotations")
                .check(main);
    }

    private static DescribedPredicate<JavaClass> inForeign() {
        return describe("of java.lang.foreign", type -> type.getPackageName().startsWith("java.lang.foreign"));
    }

    private static ArchCondition<JavaMethod> notTakeForeignParameters() {
        return ArchCondition.from(describe(
                "not take parameters of java.lang.foreign",
                method -> method.getRawParameterTypes().stream().noneMatch(inForeign())));
    }
}
