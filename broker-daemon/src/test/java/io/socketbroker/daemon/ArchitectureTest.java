package io.socketbroker.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.socketbroker.daemon", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule RULES_ARE_PLAIN = noClasses()
            .that()
            .resideInAnyPackage("..daemon.core..", "..daemon.time..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.lang.foreign..",
                    "java.util.concurrent..",
                    "org.slf4j..",
                    "io.netty..",
                    "io.grpc..");

    @ArchTest
    static final ArchRule RULES_KNOW_ONLY_VALUES_OF_THE_NETWORK = noClasses()
            .that()
            .resideInAPackage("..daemon.core..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "(io\\.socketbroker\\.linux\\.(?!Endpoint)|java\\.net\\.(?!InetAddress$|UnknownHostException$)).*");

    @ArchTest
    static final ArchRule FOREIGN_CALLS_ARE_IN_LINUX =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule DATA_FLOWS_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("process")
            .definedBy("io.socketbroker.daemon")
            .layer("transport")
            .definedBy("..daemon.rpc..")
            .layer("configuration")
            .definedBy("..daemon.declared..")
            .layer("conductor")
            .definedBy("..daemon.conductor..")
            .layer("ports")
            .definedBy(
                    "..daemon.watch..",
                    "..daemon.transfer..",
                    "..daemon.activation..",
                    "..daemon.systemd..",
                    "..daemon.supervisor..",
                    "..daemon.custody..",
                    "..daemon.journal..",
                    "..daemon.events..",
                    "..daemon.network..",
                    "..daemon.conditions..",
                    "..daemon.policy..")
            .layer("loop")
            .definedBy("..daemon.loop..")
            .layer("vault")
            .definedBy("..daemon.vault..")
            .layer("core")
            .definedBy("..daemon.core..", "..daemon.time..")
            .whereLayer("process")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("transport")
            .mayOnlyBeAccessedByLayers("process")
            .whereLayer("configuration")
            .mayOnlyBeAccessedByLayers("process")
            .whereLayer("conductor")
            .mayOnlyBeAccessedByLayers("process", "transport", "configuration")
            .whereLayer("ports")
            .mayOnlyBeAccessedByLayers("process", "transport", "conductor")
            .whereLayer("loop")
            .mayOnlyBeAccessedByLayers("conductor", "ports")
            .whereLayer("vault")
            .mayOnlyBeAccessedByLayers("ports");

    /** It runs in a process of its own with nothing else on its class path. */
    @ArchTest
    static final ArchRule THE_VAULT_IS_SMALL = classes()
            .that()
            .resideInAPackage("..daemon.vault..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify.annotations..",
                    "io.socketbroker.linux..",
                    "..daemon.vault..",
                    "..daemon.faults..");

    @ArchTest
    static final ArchRule GRPC_AND_NETTY_STAY_AT_THE_EDGE = noClasses()
            .that()
            .resideOutsideOfPackage("..daemon.rpc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "io.netty..");

    @ArchTest
    static final ArchRule DBUS_STAYS_IN_SYSTEMD = noClasses()
            .that()
            .resideOutsideOfPackage("..daemon.systemd..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.freedesktop..");

    @ArchTest
    static final ArchRule ROCKSDB_STAYS_IN_THE_JOURNAL = noClasses()
            .that()
            .resideOutsideOfPackage("..daemon.journal..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb..");

    @ArchTest
    static final ArchRule CLASSES_ARE_FINAL = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .should()
            .haveModifier(JavaModifier.FINAL);
}
