variable "key" {
  type = string
}

variable "names" {
  type = set(string)
}

module "secrets" {
  source = "./secrets"

  key     = var.key
  secrets = { for name in var.names : name => "secret of ${name}" }
}
