variable "name" {
  type = string
}

variable "key" {
  type = string
}

module "queue" {
  source = "./queue"

  name = var.name
  key  = var.key
}
